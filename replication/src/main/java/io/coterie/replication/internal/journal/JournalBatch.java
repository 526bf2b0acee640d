package io.coterie.replication.internal.journal;

import io.coterie.rpc.codec.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Records that are written together as one frame. Filled on the loop, then written by a job of the
 * disk.
 */
final class JournalBatch {
    /** Bounds the memory of recovery; a longer record is a batch of its own. */
    private static final int FULL_BYTES = 4 << 20;

    private static final byte[] ROOM_FOR_HEADER = new byte[FrameHeader.BYTES];

    private final ByteWriter bytes = new ByteWriter().putBytes(ROOM_FOR_HEADER);
    private long lastPosition;

    boolean takes(ByteBuffer record) {
        return isEmpty() || bytes.size() + Integer.BYTES + (long) record.remaining() <= FULL_BYTES;
    }

    void add(ByteBuffer record, long position) {
        int before = bytes.size();
        try {
            bytes.putInt(record.remaining()).putBytes(record);
        } catch (RuntimeException | Error e) {
            // Half a record would make those behind it unreadable.
            bytes.truncate(before);
            throw e;
        }
        lastPosition = position;
    }

    long lastPosition() {
        return lastPosition;
    }

    void writeTo(JournalWriter writer) throws IOException {
        int length = bytes.size() - FrameHeader.BYTES;
        bytes.putBytes(ROOM_FOR_HEADER, 0, FrameHeader.frameBytes(length) - bytes.size());
        writer.write(bytes.view(), length);
    }

    /**
     * Drops the records and keeps the memory; returns whether the memory is small enough to be
     * reused.
     */
    boolean recycle() {
        boolean small = bytes.size() <= FULL_BYTES;
        bytes.truncate(FrameHeader.BYTES);
        return small;
    }

    private boolean isEmpty() {
        return bytes.size() == FrameHeader.BYTES;
    }
}
