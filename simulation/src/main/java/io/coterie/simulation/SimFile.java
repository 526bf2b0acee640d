package io.coterie.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file of a {@link SimVolume}, for reading and writing at any position.
 *
 * <p>Bytes that were written can be read at once, but a power loss may lose or tear them before
 * {@link #force} has returned. The faults of {@link SimDisk} decide what happens.
 *
 * <p>Every method except {@link #close()} throws {@link IOException} if the file or its volume is
 * closed, or if the process has ended. A file may have at most {@link Integer#MAX_VALUE} bytes.
 *
 * <p>Threading: as for {@link SimVolume}. A method by itself takes no time.
 */
public final class SimFile implements AutoCloseable {
    private final SimVolume volume;
    private final DiskOperations disk;
    private final String name;
    private final FileContent content;
    private boolean closed;

    SimFile(SimVolume volume, DiskOperations disk, String name, FileContent content) {
        this.volume = volume;
        this.disk = disk;
        this.name = name;
        this.content = content;
    }

    /** The file's size in bytes. */
    public long size() throws IOException {
        requireOpen();
        return content.size();
    }

    /**
     * Reads bytes until the buffer is full or the file ends. A position behind the end reads
     * nothing.
     *
     * @param position where to begin, in bytes from the start of the file; zero or more
     * @param into gets the bytes; its position moves by as many as were read
     */
    public void read(long position, ByteBuffer into) throws IOException {
        requireOpen();
        int from = (int) Math.min(position, content.size());
        into.put(content.seen(), from, Math.min(into.remaining(), content.size() - from));
    }

    /**
     * Writes all remaining bytes of the buffer. They are not durable before {@link #force}. Where
     * the position is behind the end, zeros fill the room between.
     *
     * @param position where to begin, in bytes from the start of the file; zero or more
     * @param from the bytes; none remain afterwards
     * @throws IOException if the disk is full, with the bytes that fit written; or if the power
     *     fails now, with some first bytes written
     */
    public void write(long position, ByteBuffer from) throws IOException {
        requireOpen();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        disk.write(volume, content, Math.toIntExact(position), bytes);
    }

    /**
     * Makes all written bytes of this file durable.
     *
     * @throws IOException if the force fails or the power fails now. Bytes that were written since
     *     the last force may then be lost, even if a later force succeeds
     */
    public void force() throws IOException {
        requireOpen();
        disk.force(volume, content);
    }

    /**
     * Makes all written bytes durable, and then shortens the file, durably.
     *
     * @param size the new size in bytes, zero or more; a file that is not longer keeps its size
     * @throws IOException as {@link #force}
     */
    public void truncate(long size) throws IOException {
        requireOpen();
        disk.truncate(volume, content, Math.toIntExact(Math.min(size, content.size())));
    }

    /** Closes the file without forcing it. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
    }

    /** The name under which the file was opened. */
    @Override
    public String toString() {
        return name;
    }

    private void requireOpen() throws IOException {
        volume.requireOpen();
        if (closed) {
            throw new IOException("file " + name + " is closed");
        }
    }
}
