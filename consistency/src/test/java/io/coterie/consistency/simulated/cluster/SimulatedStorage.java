package io.coterie.consistency.simulated.cluster;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.Storage;
import io.coterie.simulation.SimFile;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.SimVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** The journal of production on a simulated disk. */
public final class SimulatedStorage {
    private SimulatedStorage() {}

    /** That of one start of a node. Public for the tests of another package. */
    @SuppressWarnings("exports")
    public static Storage of(SimStart start) {
        return Storage.on(self -> new VolumeDisk(start.disk()));
    }

    /** On a disk that is prepared before the journal is opened. */
    @SuppressWarnings("exports")
    public static Storage prepared(SimStart start, Consumer<Disk> before) {
        return Storage.on(self -> {
            Disk disk = new VolumeDisk(start.disk());
            before.accept(disk);
            return disk;
        });
    }

    /** With files so small that the journal is compacted all the time. */
    public static Storage ofSmallFiles(SimStart start) {
        return Storage.on(self -> new VolumeDisk(start.disk()), 8 << 10);
    }

    private record VolumeDisk(SimVolume volume) implements Disk {
        @Override
        public List<String> list() throws IOException {
            return volume.list();
        }

        @Override
        public DiskFile open(String name) throws IOException {
            return new VolumeFile(volume.open(name));
        }

        @Override
        public void delete(String name) throws IOException {
            volume.delete(name);
        }

        @Override
        public void execute(Runnable job) {
            volume.execute(job);
        }

        @Override
        public void close() {
            volume.close();
        }
    }

    private record VolumeFile(SimFile file) implements DiskFile {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void read(long position, ByteBuffer into) throws IOException {
            file.read(position, into);
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            file.write(position, from);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
