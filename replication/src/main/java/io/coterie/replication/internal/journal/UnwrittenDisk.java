package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is read and never changed: what is written to it goes nowhere. So a journal can be
 * read by the very code that reads it at a start, which puts right what a crash has left, and all
 * stays as it was. Nothing that was written may be read back.
 */
final class UnwrittenDisk implements Disk {
    private final Disk disk;

    /** @param disk closed by its owner */
    UnwrittenDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new UnwrittenFile(disk.list().contains(name) ? disk.open(name) : null);
    }

    @Override
    public void delete(String name) {}

    @Override
    public void execute(Runnable job) {
        disk.execute(job);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return disk.toString();
    }

    /** @param file null for one that is not there */
    private record UnwrittenFile(@Nullable DiskFile file) implements DiskFile {
        @Override
        public long size() throws IOException {
            return file == null ? 0 : file.size();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            if (file != null) {
                file.read(position, into);
            }
        }

        @Override
        public void write(long position, ByteBuffer from) {
            from.position(from.limit());
        }

        @Override
        public void force() {}

        @Override
        public void truncate(long size) {}

        @Override
        public void close() throws IOException {
            if (file != null) {
                file.close();
            }
        }
    }
}
