package io.coterie.replication.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. */
public interface DiskFile extends AutoCloseable {
    /** The file's size in bytes. */
    long size() throws IOException;

    /** Reads into the buffer, from a position on, until the buffer is full or the file ends. */
    void read(long position, ByteBuffer into) throws IOException;

    /**
     * Writes all remaining bytes of the buffer at a position. Where that is beyond the file's end,
     * zeros are read from what lies between. Not durable before {@link #force}.
     */
    void write(long position, ByteBuffer from) throws IOException;

    /**
     * Makes durable all that was written. When it throws, what was written before may be lost, now
     * or later.
     */
    void force() throws IOException;

    /** Cuts the file to a size, durably. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
