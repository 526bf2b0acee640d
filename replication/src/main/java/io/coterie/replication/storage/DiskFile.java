package io.coterie.replication.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. Not to be used by two threads at a time. Its methods block. */
public interface DiskFile extends AutoCloseable {
    /** The file's size in bytes. */
    long size() throws IOException;

    /** Reads into the buffer, from a position on, until the buffer is full or the file ends. */
    void read(long position, ByteBuffer into) throws IOException;

    /**
     * Writes all remaining bytes of the buffer at a position. A gap between the end of the file and
     * the position reads as zeros. Nothing is durable before {@link #force}.
     */
    void write(long position, ByteBuffer from) throws IOException;

    /**
     * Makes all earlier writes durable. If this throws, any write since the last success may be
     * lost, now or later.
     */
    void force() throws IOException;

    /** Truncates the file to a size in bytes, durably. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
