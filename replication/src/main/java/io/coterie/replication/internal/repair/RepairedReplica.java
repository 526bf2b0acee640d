package io.coterie.replication.internal.repair;

import io.coterie.replication.Ballot;
import io.coterie.replication.RecordKey;
import io.coterie.replication.StoreRules;
import io.coterie.replication.StoreSpec;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.RepairMark;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.Compaction;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.RecoveredEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RandomSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a replica that is stopped, held as long as this is open, for a {@link RepairSteps}.
 */
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
     * @throws StorageException if it has no journal
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
     * What a replica's journal says of the replica, and of its ballots.
     *
     * @param replicas the names of all replicas; null in a journal from before they were recorded
     * @param bound up to where this replica takes ballots for any key when it starts now
     * @param suspect the highest counter of each key that may have one out of bounds; the highest
     *     there is where a state is above its ballot
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
        /** Whether this replica goes on where it was when it was known so. */
        boolean recognises(Remembered remembered) {
            Long start = remembered.start();
            return Objects.equals(remembered.incarnation(), incarnation) && (start == null || starts.contains(start));
        }
    }

    NodeId self() {
        return self;
    }

    /** Reads all of it, and changes nothing. */
    ReplicaTables read() throws IOException {
        ReplicaTables tables = new ReplicaTables(clock, rules);
        RecoveredEntries recovered = new RecoveredEntries(tables);
        DirectJournal.read(disk, self, segmentBytes, random, recovered);
        recovered.end();
        return tables;
    }

    /**
     * Reads it for what a repair must know first.
     *
     * @param least no counter up to this one is out of bounds, unless it is too far ahead of the
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
                tables.replicas,
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
     * What a node that meant harm may have had accepted before replicas checked it: then nothing
     * can be made of it.
     */
    static boolean isAboveBallot(@Nullable Acceptor acceptor, ReplicaTables tables) {
        byte[] state = acceptor == null ? null : acceptor.state();
        return acceptor != null
                && state != null
                && tables.knowsStore(acceptor.store())
                && tables.rules().isAboveBallot(state, acceptor.accepted());
    }

    /** Opens it to append to it. */
    DirectJournal append() throws IOException {
        return DirectJournal.open(disk, self, segmentBytes, random, entry -> {});
    }

    /** Reads all of it, and puts what that is after a change in its place. */
    void rewrite(Consumer<ReplicaTables> change) throws IOException {
        ReplicaTables tables = new ReplicaTables(clock, rules);
        RecoveredEntries recovered = new RecoveredEntries(tables);
        DirectJournal journal = DirectJournal.open(disk, self, segmentBytes, random, recovered);
        recovered.end();
        try (journal) {
            change.accept(tables);
            Compaction all = new Compaction(journal, tables, entries, entry -> journal.append(entry.get()));
            journal.replaceBy(all::appended);
        }
    }

    /**
     * Above which counter a repair that is not over takes ballots for out of bounds; the highest
     * there is if there is no such repair.
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
