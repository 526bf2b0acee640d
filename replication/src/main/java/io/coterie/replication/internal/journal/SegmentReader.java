package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a segment through a window, so that small frames share a read. */
final class SegmentReader {
    private static final int WINDOW_BYTES = 1 << 20;

    private final DiskFile file;
    private final long size;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long start;

    SegmentReader(DiskFile file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    long size() {
        return size;
    }

    boolean has(long offset, int length) {
        return length <= size - offset;
    }

    /** A range that the file {@link #has}, valid until the next call. */
    ByteBuffer at(long offset, int length) throws IOException {
        if (offset < start || offset + length > start + window.limit()) {
            load(offset, length);
        }
        return window.slice((int) (offset - start), length);
    }

    /**
     * The offset after the last byte that is not zero, at or after a given offset; that offset if
     * all bytes are zero.
     */
    long endOfData(long from) throws IOException {
        long end = from;
        for (long at = from; at < size; at += WINDOW_BYTES) {
            ByteBuffer piece = at(at, (int) Math.min(WINDOW_BYTES, size - at));
            for (int i = piece.limit() - 1; i >= 0; i--) {
                if (piece.get(i) != 0) {
                    end = at + i + 1;
                    break;
                }
            }
        }
        return end;
    }

    private void load(long offset, int length) throws IOException {
        int wanted = (int) Math.min(Math.max(length, WINDOW_BYTES), size - offset);
        if (window.capacity() < wanted) {
            window = ByteBuffer.allocate(wanted);
        }
        window.clear().limit(wanted);
        file.read(offset, window);
        if (window.hasRemaining()) {
            throw new EOFException(
                    "the file became shorter while it was read: it ends at " + (offset + window.position()));
        }
        window.flip();
        start = offset;
    }
}
