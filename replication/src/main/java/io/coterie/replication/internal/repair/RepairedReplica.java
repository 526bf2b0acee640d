package io.coterie.replication.internal.repair;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.RepairMark;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.Compaction;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The directory of a stopped replica, which is locked as long as this is open. */
final class RepairedReplica implements AutoCloseable {
    private final Disk disk;
    private final int segmentBytes;
    private final Clock clock;
    private final RandomSource random;
    private final Map<String, StoreRules> rules;
    private final NodeId self;
    private final JournalEntries entries = new JournalEntries();

    /**
     * A directory.
     *
     * @param disk closed with this
     * @param rules by the policies' names
     * @throws StorageException if the directory has no journal
     */
    RepairedReplica(Disk disk, int segmentBytes, Clock clock, RandomSource random, Map<String, StoreRules> rules)
            throws IOException {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.clock = clock;
        this.random = random;
        this.rules = rules;
        this.self = DirectJournal.owner(disk);
    }

    /**
     * The content of a replica's journal: the replica and its ballots.
     *
     * @param replicas the names of all replicas; null in a journal from before they were recorded
     * @param bound the highest counter that this replica would accept for any key if it started now
     * @param suspect the highest counter of each key that may have one out of bounds; {@link
     *     Long#MAX_VALUE} where a state is above its ballot
     */
    record Known(
            NodeId self,
            String place,
            @Nullable String replicas,
            @Nullable Long incarnation,
            boolean hasVoted,
            Set<Long> starts,
            Map<NodeId, Remembered> registrations,
            Map<Long, StoreSpec> stores,
            Map<Long, Ballot> floors,
            long bound,
            Map<RecordKey, Long> suspect) {
        /** Whether the replica's records include the start that another one remembers. */
        boolean recognises(Remembered remembered) {
            Long start = remembered.start();
            return Objects.equals(remembered.incarnation(), incarnation) && (start == null || starts.contains(start));
        }
    }

    NodeId self() {
        return self;
    }

    /** Reads the whole journal, and changes nothing. */
    ReplicaTables read() throws IOException {
        ReplicaTables tables = new ReplicaTables(clock, rules);
        RecoveredEntries recovered = new RecoveredEntries(self, tables);
        DirectJournal.read(disk, self, segmentBytes, random, recovered);
        recovered.end();
        return tables;
    }

    /**
     * Reads the journal, and keeps what a repair must know first.
     *
     * @param least a counter up to this one is out of bounds only if it is too far ahead of the
     *     time
     */
    Known look(long least) throws IOException {
        ReplicaTables tables = read();
        long latest = BallotClock.latest(clock.wallMillis());
        long suspect = Math.min(least, latest);
        Map<RecordKey, Long> suspects = new HashMap<>();
        for (Iterator<Acceptor> all = tables.acceptors.iterator(); all.hasNext(); ) {
            Acceptor acceptor = all.next();
            long highest = isAboveBallot(acceptor, tables)
                    ? Long.MAX_VALUE
                    : Ballot.max(acceptor.promised(), acceptor.accepted()).counter();
            if (highest > suspect) {
                suspects.put(new RecordKey(acceptor.store(), acceptor.bytes()), highest);
            }
        }
        Map<Long, Ballot> floors = new HashMap<>();
        tables.floors.forEach(floors::put);
        return new Known(
                self,
                disk.toString(),
                tables.members(),
                tables.incarnation,
                tables.voting,
                new HashSet<>(tables.starts),
                new HashMap<>(tables.registrations),
                new HashMap<>(tables.stores),
                floors,
                Math.max(latest, tables.recoveredBallots.bound()),
                suspects);
    }

    /**
     * Whether a state has something above its ballot, so that no change can start from it. A
     * malicious node may have caused that before replicas checked states.
     */
    static boolean isAboveBallot(@Nullable Acceptor acceptor, ReplicaTables tables) {
        byte[] state = acceptor == null ? null : acceptor.state();
        return acceptor != null
                && state != null
                && tables.knowsStore(acceptor.store())
                && tables.rules().isAboveBallot(state, acceptor.accepted());
    }

    /** Opens the journal to append to it. */
    DirectJournal append() throws IOException {
        return DirectJournal.open(disk, self, segmentBytes, random, entry -> {});
    }

    /** Reads the whole journal, applies a change, and replaces the journal by the result. */
    void rewrite(Consumer<ReplicaTables> change) throws IOException {
        ReplicaTables tables = new ReplicaTables(clock, rules);
        RecoveredEntries recovered = new RecoveredEntries(self, tables);
        DirectJournal journal = DirectJournal.open(disk, self, segmentBytes, random, recovered);
        recovered.end();
        try (journal) {
            change.accept(tables);
            Compaction all = new Compaction(journal, tables, entries, entry -> journal.append(entry.get()));
            journal.replaceBy(all::appended);
        }
    }

    /**
     * The counter above which an unfinished repair considers ballots out of bounds; {@link
     * Long#MAX_VALUE} if there is no such repair.
     */
    long markedBound() throws IOException {
        return RepairMark.bound(disk.list());
    }

    boolean isMarked() throws IOException {
        return RepairMark.isIn(disk.list());
    }

    void mark(long bound) throws IOException {
        RepairMark.make(disk, bound);
    }

    void unmark() throws IOException {
        RepairMark.remove(disk);
    }

    @Override
    public void close() {
        disk.close();
    }
}
