package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.internal.util.BufferUse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into frames, in place. It checks each length against the bound
 * before it trusts it.
 *
 * <p>Memory per connection: none before the first byte; 1 KiB of heap during the handshake, and a
 * little more for its largest frame; then up to 256 KiB, doubled whenever a read fills it, or the
 * size of the largest frame. Memory above 64 KiB is released after 100 reads in a row that needed
 * less.
 */
final class FrameReader {
    /**
     * The first memory. Thousands of connections may be idle, and the handshake of an
     * unauthenticated peer needs no more.
     */
    static final int FIRST_BYTES = 1 << 10;

    /** The memory of a connection that had large frames before, and has none now. */
    static final int SHRUNK_BYTES = 32 << 10;

    /**
     * The most that is read at once if frames are smaller, so that a turn does not take much
     * longer.
     */
    static final int MAX_AT_ONCE = 256 << 10;

    private final CRC32C crc = new CRC32C();
    private final BufferUse use = new BufferUse();
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private ByteBuffer view = bytes;
    private int maxBody;
    private int mostAtOnce = FIRST_BYTES;
    private int start;
    private boolean filled;

    FrameReader(int maxBody) {
        this.maxBody = maxBody;
    }

    /** Accepts larger frames from now on, and reads more of them at once. */
    void allow(int largestBody) {
        maxBody = largestBody;
        mostAtOnce = MAX_AT_ONCE;
    }

    /** Reads once. Returns the number of bytes, or -1 at the end. */
    int fill(ReadableByteChannel channel) throws IOException {
        makeRoom();
        int count = channel.read(bytes);
        filled = !bytes.hasRemaining();
        use.note(bytes.position() - start);
        return count;
    }

    private void makeRoom() {
        int left = bytes.position() - start;
        if (bytes.capacity() == 0) {
            moveTo(FIRST_BYTES);
        } else if (!bytes.isDirect() && !isUnauthenticated()) {
            moveTo(bytes.capacity());
        } else if (left == 0 && use.shrinks()) {
            moveTo(SHRUNK_BYTES);
        } else if (filled && bytes.capacity() < mostAtOnce) {
            moveTo(Math.min(2 * bytes.capacity(), mostAtOnce));
        } else if (left == 0) {
            bytes.clear();
            start = 0;
        } else if (!bytes.hasRemaining()) {
            bytes.flip().position(start);
            bytes.compact();
            start = 0;
        }
    }

    private boolean isUnauthenticated() {
        return mostAtOnce == FIRST_BYTES;
    }

    /** Whether the last {@link #fill} may have left something behind. */
    boolean full() {
        return !bytes.hasRemaining();
    }

    /** Whether a frame has begun and not ended. */
    boolean midFrame() {
        return bytes.position() > start;
    }

    /**
     * The next frame's body, valid until the next call of this reader, or null if more must be read
     * first.
     */
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
        return view.position(body);
    }

    /** The memory held, in bytes. */
    int capacity() {
        return bytes.capacity();
    }

    private void reserve(int frameBytes) {
        if (frameBytes > bytes.capacity()) {
            moveTo((int) Math.max(frameBytes, Math.min(2L * bytes.capacity(), maxBody + 8L)));
        }
    }

    private void moveTo(int capacity) {
        // Only the collector frees direct memory, and unauthenticated peers that come and go would
        // use it up before.
        ByteBuffer other = isUnauthenticated() ? ByteBuffer.allocate(capacity) : ByteBuffer.allocateDirect(capacity);
        bytes.flip().position(start);
        other.put(bytes);
        bytes = other;
        view = other.duplicate();
        start = 0;
    }
}
