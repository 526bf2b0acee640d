package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is only read: writes to it are dropped. So the code of a replica's start, which also
 * cleans up after a crash, can read a journal without changing it. That code must not read back
 * what it wrote.
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

    /**
     * @param file null if the file is missing
     */
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
