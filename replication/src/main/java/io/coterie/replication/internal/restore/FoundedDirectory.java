package io.coterie.replication.internal.restore;

import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.FoundingMark;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.tables.Compaction;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.util.List;

/**
 * Writes the directory of the only member of a new cluster, which has the records of another one.
 * Until all of it is durable a {@linkplain FoundingMark mark} keeps replicas from starting with it.
 */
public final class FoundedDirectory {
    private static final int PARTITIONS = 1;

    private final Disk disk;
    private final int segmentBytes;
    private final RandomSource random;

    /** @param disk closed by its owner */
    public FoundedDirectory(Disk disk, int segmentBytes, RandomSource random) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.random = random;
    }

    /**
     * Refuses a directory that has something in it.
     *
     * @throws StorageException if it is not empty
     */
    public void requireEmpty() throws IOException {
        List<String> files = disk.list();
        if (FoundingMark.isIn(files)) {
            throw new StorageException(
                    "an earlier run did not finish in " + disk + ": delete all that is in it, and run it again",
                    false,
                    null);
        }
        if (!files.isEmpty()) {
            throw new StorageException(
                    disk + " is not empty, and nothing is overwritten: give a directory that is new, or empty",
                    false,
                    null);
        }
    }

    /**
     * Writes it. Whatever fails leaves the mark.
     *
     * @param self the replica that is to start with it
     * @param address where the others are to reach it, as host and port; empty if nobody knows
     * @param epochBefore the last epoch of the other cluster that is known; 0 for none
     * @param tables the stores and records; all else in it is replaced
     * @return the configuration of the new cluster
     */
    public Configuration write(NodeId self, String address, long epochBefore, ReplicaTables tables) throws IOException {
        requireEmpty();
        FoundingMark.make(disk);
        MemberId id = new MemberId(self, drawn());
        Member member = new Member(id, address, "", MemberState.ACTIVE);
        Configuration founded = Configuration.anew(drawn(), epochBefore, member, PARTITIONS);
        tables.incarnation = id.incarnation();
        tables.replicas = self.name();
        tables.configuration = founded;
        tables.keeper = KeeperRecord.after(founded.epoch());
        tables.voting = true;
        tables.registrations.clear();
        tables.starts.clear();
        tables.starts.add(random.nextLong());
        JournalEntries entries = new JournalEntries();
        try (DirectJournal journal = DirectJournal.open(disk, self, segmentBytes, random, entry -> {})) {
            Compaction all = new Compaction(journal, tables, entries, entry -> journal.append(entry.get()));
            journal.replaceBy(all::appended);
        }
        FoundingMark.remove(disk);
        return founded;
    }

    /** Neither a cluster nor an incarnation has the number 0. */
    private long drawn() {
        return random.nextLong() | 1;
    }
}
