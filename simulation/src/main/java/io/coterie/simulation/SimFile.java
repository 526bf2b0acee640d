package io.coterie.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link SimVolume}. */
public final class SimFile implements AutoCloseable {
    private final SimVolume volume;
    private final SimDisk disk;
    private final String name;
    private final FileContent content;
    private boolean closed;

    SimFile(SimVolume volume, SimDisk disk, String name, FileContent content) {
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

    /** Reads into the buffer, from a position on, until the buffer is full or the file ends. */
    public void read(long position, ByteBuffer into) throws IOException {
        requireOpen();
        int from = (int) Math.min(position, content.size());
        into.put(content.seen(), from, Math.min(into.remaining(), content.size() - from));
    }

    /** Writes all remaining bytes of the buffer at a position. Not durable before {@link #force}. */
    public void write(long position, ByteBuffer from) throws IOException {
        requireOpen();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        disk.write(volume, content, Math.toIntExact(position), bytes);
    }

    /** Makes durable all that was written. When it throws, what was written before may be lost, now or later. */
    public void force() throws IOException {
        requireOpen();
        disk.force(volume, content);
    }

    /** Cuts the file to a size, durably, and makes durable all that was written before. */
    public void truncate(long size) throws IOException {
        requireOpen();
        disk.truncate(volume, content, Math.toIntExact(Math.min(size, content.size())));
    }

    @Override
    public void close() {
        closed = true;
    }

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
