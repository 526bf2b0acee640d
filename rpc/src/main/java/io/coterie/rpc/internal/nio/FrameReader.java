package io.coterie.rpc.internal.nio;

import io.coterie.rpc.internal.BufferUse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Cuts what a connection brings into frames, in place. Believes no length before it is within the bound. */
final class FrameReader {
    /** How much is read at once, and answered in one write: little less than a loop can handle before others wait. */
    static final int FIRST_BYTES = 32 << 10;

    private final CRC32C crc = new CRC32C();
    private final BufferUse use = new BufferUse();
    private ByteBuffer bytes;
    private ByteBuffer view;
    private int maxBody;
    private int start;

    /** @param maxBody where small frames alone are taken, no more memory is held than for one, and that on the heap */
    FrameReader(int maxBody) {
        this.maxBody = maxBody;
        int largest = maxBody + 2 * Integer.BYTES;
        // Direct memory is freed by the collector alone, which strangers that come and go would leave no time to do so.
        bytes = largest < FIRST_BYTES ? ByteBuffer.allocate(largest) : ByteBuffer.allocateDirect(FIRST_BYTES);
        view = bytes.duplicate();
    }

    /** Takes larger frames from now on. */
    void allow(int largestBody) {
        maxBody = largestBody;
        if (bytes.capacity() < FIRST_BYTES) {
            moveTo(ByteBuffer.allocateDirect(FIRST_BYTES));
        }
    }

    /** Reads once. Returns the number of bytes, or -1 at the end. */
    int fill(ReadableByteChannel channel) throws IOException {
        if (start == bytes.position()) {
            if (use.shrinks()) {
                bytes = ByteBuffer.allocateDirect(FIRST_BYTES);
                view = bytes.duplicate();
            }
            bytes.clear();
            start = 0;
        } else if (!bytes.hasRemaining()) {
            bytes.flip().position(start);
            bytes.compact();
            start = 0;
        }
        return channel.read(bytes);
    }

    /** Whether the last {@link #fill} may have left something behind. */
    boolean full() {
        return !bytes.hasRemaining();
    }

    /** Whether a frame has begun and not ended. */
    boolean midFrame() {
        return bytes.position() > start;
    }

    /** The next frame's body, valid until the next call of this reader, or null if more must be read first. */
    @Nullable
    ByteBuffer next() throws FrameException {
        int available = bytes.position() - start;
        if (available < Integer.BYTES) {
            return null;
        }
        int length = bytes.getInt(start);
        if (length < 1 || length > maxBody) {
            throw new FrameException("a frame of " + length + " bytes, where 1 to " + maxBody + " are allowed");
        }
        if (available < length + 2 * Integer.BYTES) {
            reserve(length + 2 * Integer.BYTES);
            return null;
        }
        int body = start + Integer.BYTES;
        int end = body + length;
        view.limit(end).position(body);
        crc.reset();
        crc.update(view);
        if ((int) crc.getValue() != bytes.getInt(end)) {
            throw new FrameException("a frame whose checksum does not match its bytes");
        }
        start = end + Integer.BYTES;
        use.note(length);
        return view.position(body);
    }

    /** The memory held, in bytes. */
    int capacity() {
        return bytes.capacity();
    }

    private void reserve(int frameBytes) {
        if (frameBytes > bytes.capacity()) {
            int capacity = (int) Math.max(frameBytes, Math.min(2L * bytes.capacity(), maxBody + 8L));
            moveTo(ByteBuffer.allocateDirect(capacity));
        }
    }

    private void moveTo(ByteBuffer larger) {
        bytes.flip().position(start);
        larger.put(bytes);
        bytes = larger;
        view = larger.duplicate();
        start = 0;
    }
}
