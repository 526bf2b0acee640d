package io.coterie.replication.internal.journal;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A disk without files and without room: what is written to a file goes to the system's own device
 * that is always full.
 */
record FullDisk(NioDisk disk) implements Disk {
    static final Path DEVICE = Path.of("/dev/full");

    private record FullFile(FileChannel channel) implements DiskFile {
        @Override
        public long size() {
            return 0;
        }

        @Override
        public void read(long position, ByteBuffer into) {
            // There is nothing to read.
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            channel.write(from, position);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public List<String> list() {
        return List.of();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new FullFile(FileChannel.open(DEVICE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public void delete(String name) {
        // There is none.
    }

    @Override
    public void execute(Runnable job) {
        disk.execute(job);
    }

    @Override
    public void close() {
        disk.close();
    }
}
