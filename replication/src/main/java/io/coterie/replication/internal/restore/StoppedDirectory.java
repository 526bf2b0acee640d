package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.FoundingMark;
import io.coterie.replication.internal.journal.RepairMark;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.util.List;

/**
 * What the directory of a stopped replica has.
 *
 * @param place the directory
 * @param id the replica and its incarnation
 * @param tables all that it has
 * @param unrepaired whether a repair of ballots is not finished
 */
record StoppedDirectory(String place, MemberId id, ReplicaTables tables, boolean unrepaired) {
    /**
     * Reads a directory, and changes nothing in it.
     *
     * @throws StorageException if it has no records, or is damaged
     */
    static StoppedDirectory read(Disk disk, int segmentBytes, Clock clock, RandomSource random) throws IOException {
        List<String> files = disk.list();
        if (FoundingMark.isIn(files)) {
            throw new StorageException(
                    disk + " is of no use: the founding of a new cluster in it was not finished. Leave it out",
                    false,
                    null);
        }
        NodeId self = DirectJournal.owner(disk);
        ReplicaTables tables = new ReplicaTables(clock);
        RecoveredEntries recovered = new RecoveredEntries(self, tables);
        DirectJournal.read(disk, self, segmentBytes, random, recovered);
        recovered.end();
        Long incarnation = tables.incarnation;
        if (incarnation == null || incarnation == 0) {
            throw new StorageException(disk + " is of no use: replica " + self + " has no records in it", false, null);
        }
        return new StoppedDirectory(disk.toString(), new MemberId(self, incarnation), tables, RepairMark.isIn(files));
    }

    /** Whether another directory remembers a start of this replica that this one does not have. */
    boolean isOlderThan(StoppedDirectory other) {
        Remembered remembered = other.tables.registrations.get(id.node());
        if (remembered == null || remembered.incarnation() != id.incarnation()) {
            return false;
        }
        Long start = remembered.start();
        return start != null && !tables.starts.contains(start);
    }
}
