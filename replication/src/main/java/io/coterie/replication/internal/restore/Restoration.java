package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.internal.disk.ReadOnlyFile;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.snapshot.SnapshotReader;
import io.coterie.replication.internal.snapshot.SnapshotReader.Manifest;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Founds a new cluster from a snapshot, or from directories, and says what was done. Blocks. It
 * needs as much memory as one replica, or as all those whose directories are given.
 */
public final class Restoration {
    private final Clock clock;
    private final RandomSource random;

    public Restoration(Clock clock, RandomSource random) {
        this.clock = clock;
        this.random = random;
    }

    /** What was found, and whether acknowledged writes may be missing. */
    public record Found(List<String> lines, List<String> doubts) {}

    /** The one member that a new cluster begins with. */
    public record Founder(Path directory, NodeId self, String address) {}

    /** What a snapshot has. Reads all of it. */
    public List<String> describe(Path snapshot) {
        return failing(() -> {
            ReplicaTables tables = new ReplicaTables(clock);
            return Description.of(snapshot.toString(), load(snapshot, tables), tables);
        });
    }

    /** What stopped directories of one cluster have, and what would be lost. */
    public Found describe(List<Path> directories) {
        return failing(() -> onDisks(directories, (all, remains) -> found(all, remains)));
    }

    /**
     * Founds a new cluster from a snapshot. Nothing is written before all of the snapshot was read.
     *
     * @return what was done
     */
    public List<String> restore(Path snapshot, Founder founder) {
        return failing(() -> {
            ReplicaTables tables = new ReplicaTables(clock);
            Manifest manifest = load(snapshot, tables);
            List<String> lines = new ArrayList<>(Description.of(snapshot.toString(), manifest, tables));
            lines.addAll(found(founder, manifest.head().epoch(), tables));
            return lines;
        });
    }

    /**
     * Founds a new cluster from directories of stopped replicas.
     *
     * @param accepted whether acknowledged writes may be missing; if not, and they may, nothing is
     *     written
     * @return what was done; with doubts that were not accepted, nothing was
     */
    public Found recover(List<Path> directories, Founder founder, boolean accepted) {
        return failing(() -> onDisks(directories, (all, remains) -> {
            Found found = found(all, remains);
            if (!found.doubts().isEmpty() && !accepted) {
                return found;
            }
            Configuration last = remains.last();
            MergedRecords merged = new MergedRecords(clock, random);
            merged.add(remains.taken().stream().map(StoppedDirectory::tables).toList());
            List<String> lines = new ArrayList<>(found.lines());
            lines.addAll(merged.findings());
            lines.addAll(found(founder, last == null ? 0 : last.epoch(), merged.tables()));
            return new Found(lines, found.doubts());
        }));
    }

    private static Found found(List<StoppedDirectory> all, Remains remains) {
        List<String> lines = new ArrayList<>();
        all.forEach(each -> lines.addAll(Description.of(each)));
        lines.add("members: " + remains.members());
        all.forEach(each -> lines.add(remains.text(each)));
        lines.addAll(remains.findings());
        return new Found(lines, remains.doubts());
    }

    private List<String> found(Founder founder, long epochBefore, ReplicaTables tables) throws IOException {
        Path directory = founder.directory().toAbsolutePath().normalize();
        try (Disk disk = NioDisk.open(directory, founder.self().name())) {
            Configuration founded = new FoundedDirectory(disk, DiskStorage.SEGMENT_BYTES, random)
                    .write(founder.self(), founder.address(), epochBefore, tables);
            List<String> lines = new ArrayList<>();
            lines.add("founded a new cluster in " + directory + ": number " + Long.toHexString(founded.cluster())
                    + ", epoch " + founded.epoch() + ", with one member, " + founder.self());
            lines.addAll(Description.stores(tables));
            lines.add("Start " + founder.self()
                    + " with this directory. Then start the others with EMPTY directories, and"
                    + " add each at " + founder.self()
                    + " by members().add(name, address). Never start a replica of the"
                    + " other cluster again");
            return lines;
        }
    }

    private interface Use<T> {
        T of(List<StoppedDirectory> all, Remains remains) throws IOException;
    }

    /** The directories stay locked until all is done, so that none of their replicas starts. */
    private <T> T onDisks(List<Path> directories, Use<T> use) throws IOException {
        if (directories.isEmpty()) {
            throw new StorageException("no directory is given: give those of the stopped replicas", false, null);
        }
        List<Disk> disks = new ArrayList<>();
        try {
            List<StoppedDirectory> all = new ArrayList<>();
            for (Path each : new LinkedHashSet<>(directories)) {
                Disk disk = NioDisk.openExisting(each.toAbsolutePath().normalize());
                disks.add(disk);
                all.add(StoppedDirectory.read(disk, DiskStorage.SEGMENT_BYTES, clock, random));
            }
            return use.of(all, new Remains(all));
        } finally {
            disks.forEach(Disk::close);
        }
    }

    /** Reads a whole snapshot into empty tables. */
    private static Manifest load(Path snapshot, ReplicaTables tables) throws IOException {
        try (DiskFile file = ReadOnlyFile.open(snapshot.toAbsolutePath().normalize())) {
            return load(file, snapshot.toString(), tables);
        }
    }

    /**
     * Founds a new cluster from a snapshot, on a disk of any kind.
     *
     * @param snapshot the whole file; closed by its owner
     * @param directory empty; closed by its owner
     */
    public Configuration restore(DiskFile snapshot, Disk directory, NodeId self, String address) throws IOException {
        ReplicaTables tables = new ReplicaTables(clock);
        Manifest manifest = load(snapshot, "snapshot", tables);
        return new FoundedDirectory(directory, DiskStorage.SEGMENT_BYTES, random)
                .write(self, address, manifest.head().epoch(), tables);
    }

    private static Manifest load(DiskFile file, String place, ReplicaTables tables) throws IOException {
        RecoveredEntries entries = new RecoveredEntries(NodeId.of("nobody"), tables);
        Manifest manifest = new SnapshotReader(file, place).read(entries);
        entries.end();
        return manifest;
    }

    private interface Task<T> {
        T run() throws IOException;
    }

    private static <T> T failing(Task<T> task) {
        try {
            return task.run();
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException(
                    "a file or directory cannot be used: " + e
                            + ". Check the paths, the free space and the permissions",
                    false,
                    e);
        }
    }
}
