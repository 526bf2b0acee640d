package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFactory;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import io.coterie.rpc.spi.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Storage with a journal on a disk. */
public final class DiskStorage implements Storage {
    /**
     * Small enough that a whole file is soon superseded, large enough that a change of files is
     * rare.
     */
    public static final int SEGMENT_BYTES = 64 << 20;

    private final DiskFactory disks;
    private final String description;
    private final int segmentBytes;
    private final @Nullable KeyFiles keyFiles;

    public DiskStorage(DiskFactory disks, String description) {
        this(disks, description, SEGMENT_BYTES);
    }

    public DiskStorage(DiskFactory disks, String description, int segmentBytes) {
        this(disks, description, segmentBytes, null);
    }

    public DiskStorage(DiskFactory disks, String description, KeyFiles keyFiles) {
        this(disks, description, SEGMENT_BYTES, keyFiles);
    }

    private DiskStorage(DiskFactory disks, String description, int segmentBytes, @Nullable KeyFiles keyFiles) {
        this.disks = disks;
        this.description = description;
        this.segmentBytes = segmentBytes;
        this.keyFiles = keyFiles;
    }

    @Override
    public @Nullable KeyFiles keyFiles() {
        return keyFiles;
    }

    @Override
    public Journal open(
            NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
        Disk disk = openDisk(self);
        boolean opened = false;
        try {
            RepairMark.requireNone(disk, self);
            FoundingMark.requireNone(disk, self);
            JournalRecovery recovery = new JournalRecovery(disk, self, recovered);
            JournalWriter writer = recovery.recover(segmentBytes, world.random());
            opened = true;
            return new LogJournal(world, disk, writer, recovery.bytes(), 2L * segmentBytes, onFailure);
        } catch (IOException e) {
            throw new StorageException(
                    "cannot open the journal of " + self + " on " + description + ": " + e
                            + ". Check the disk, its free space and its permissions, then start again.",
                    false,
                    e);
        } finally {
            if (!opened) {
                disk.close();
            }
        }
    }

    private Disk openDisk(NodeId self) {
        try {
            return disks.open(self);
        } catch (IOException e) {
            throw new StorageException(
                    "cannot open " + description + " for " + self + ": " + e
                            + ". Check that it exists and is writable.",
                    false,
                    e);
        }
    }

    @Override
    public boolean survivesRestart() {
        return true;
    }

    @Override
    public String toString() {
        return description;
    }
}
