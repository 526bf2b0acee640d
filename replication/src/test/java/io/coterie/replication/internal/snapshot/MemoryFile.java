package io.coterie.replication.internal.snapshot;

import io.coterie.replication.storage.DiskFile;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A file in memory. */
public final class MemoryFile implements DiskFile {
    private byte[] bytes;

    public MemoryFile(byte... bytes) {
        this.bytes = bytes.clone();
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, ByteBuffer into) {
        into.put(bytes, (int) position, (int) Math.min(into.remaining(), bytes.length - position));
    }

    @Override
    public void write(long position, ByteBuffer from) {
        int count = from.remaining();
        bytes = Arrays.copyOf(bytes, (int) Math.max(bytes.length, position + count));
        from.get(bytes, (int) position, count);
    }

    @Override
    public void force() {}

    @Override
    public void truncate(long size) {
        bytes = Arrays.copyOf(bytes, (int) size);
    }

    @Override
    public void close() {}
}
