package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.journal.RecoveredRecords;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Tenure;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills a replica's tables with the entries of its journal.
 *
 * <p>There may be millions of acceptors, and each look-up waits for memory. So many are looked up
 * at a time, which lets the processor wait for all of them at once. Most acceptors have a promise
 * before they have a state, so the list of keys without a state is completed only at the end.
 */
public final class RecoveredEntries implements JournalEntries.Reader, RecoveredRecords {
    private static final int AT_ONCE = 64;
    private static final int MIN_ABSENT = 1 << 16;

    /** With fewer acceptors, their number in the whole journal is not estimated. */
    private static final int MIN_MEASURED = 1 << 14;

    /** The smallest entry of an acceptor. */
    private static final int MIN_ENTRY_BYTES = 32;

    private final NodeId self;
    private final ReplicaTables tables;
    private final Acceptor[] read = new Acceptor[AT_ONCE];
    private final boolean[] isPromise = new boolean[AT_ONCE];
    private int atOnce = AT_ONCE;
    private int count;

    /** Acceptors that had no value after one of their changes, in the order of those. */
    private final List<Acceptor> absent = new ArrayList<>();

    /** How long the list may get before it drops the acceptors that have a value by now. */
    private int maxAbsent = MIN_ABSENT;

    /** Keeps the compiler from removing the prefetch. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    /** The size of the journal; {@link #bytes} counts how much of it was read. */
    private long expectedBytes;

    private long bytes;

    /** The number of acceptors at which their final number is estimated next. */
    private int nextGuess = MIN_MEASURED;

    /** @param self the replica whose journal it is */
    public RecoveredEntries(NodeId self, ReplicaTables tables) {
        this.self = self;
        this.tables = tables;
    }

    @Override
    public void expect(long most) {
        expectedBytes = most;
    }

    @Override
    public void accept(ByteBuffer entry) {
        bytes += entry.remaining();
        JournalEntries.read(entry, this);
    }

    /** Puts the rest into the tables. Later entries get there at once. */
    public void end() {
        atOnce = 1;
        applyAcceptors();
        absent.forEach(tables::restoreAbsent);
        absent.clear();
        tables.acceptors.fit();
    }

    @Override
    public void acceptor(Acceptor acceptor) {
        take(acceptor, false);
    }

    @Override
    public void promise(Acceptor acceptor) {
        take(acceptor, true);
    }

    private void take(Acceptor acceptor, boolean promise) {
        tables.recoveredBallots.add(acceptor.promisedCounter());
        read[count] = acceptor;
        isPromise[count] = promise;
        count++;
        if (atOnce == 1) {
            end();
        } else if (count == atOnce) {
            applyAcceptors();
        }
    }

    /**
     * How many acceptors there will be if the rest of the journal is like the part that was read.
     */
    private long guess() {
        double more = (double) expectedBytes / Math.max(1, bytes);
        return (long) Math.min(tables.acceptors.size() * more, (double) expectedBytes / MIN_ENTRY_BYTES);
    }

    private void applyAcceptors() {
        touched += tables.acceptors.prefetch(read, count);
        for (int i = 0; i < count; i++) {
            Acceptor acceptor = tables.restore(read[i], isPromise[i]);
            if (acceptor.absent) {
                absent.add(acceptor);
            }
        }
        count = 0;
        if (tables.acceptors.size() >= nextGuess) {
            nextGuess = 2 * tables.acceptors.size();
            tables.acceptors.reserve(guess());
        }
        if (absent.size() > maxAbsent) {
            absent.removeIf(acceptor -> !acceptor.kept || !acceptor.absent);
            maxAbsent = Math.max(MIN_ABSENT, 2 * absent.size());
        }
    }

    @Override
    public void incarnation(long value) {
        Long before = tables.incarnation;
        if (before == null || before == value) {
            tables.incarnation = value;
        } else {
            forgetAcceptors();
            tables.beginAgain(value);
        }
    }

    private void forgetAcceptors() {
        applyAcceptors();
        absent.clear();
    }

    @Override
    public void voting() {
        tables.voting = true;
    }

    @Override
    public void replicas(String names) {
        tables.replicas = names;
    }

    @Override
    public void configuration(Configuration adopted) {
        Long incarnation = tables.incarnation;
        if (incarnation != null
                && Tenure.isInterrupted(tables.configuration, adopted, new MemberId(self, incarnation))) {
            forgetAcceptors();
            tables.dropRegisters();
        }
        tables.configuration = adopted;
    }

    @Override
    public void keeper(KeeperRecord record) {
        tables.keeper = record;
    }

    @Override
    public void registration(NodeId peer, Remembered remembered) {
        tables.registrations.put(peer, remembered);
    }

    @Override
    public void start(long number) {
        tables.starts.add(number);
    }

    @Override
    public void store(StoreSpec spec) {
        tables.store(spec);
    }

    @Override
    public void value(RecordKey key, VersionedValue value) {
        tables.put(key, value, 0);
    }

    @Override
    public void floor(long store, Ballot floor) {
        tables.recoveredBallots.add(floor.counter());
        tables.floors.raise(store, floor);
    }

    @Override
    public void removed(RecordKey key, Ballot floor) {
        tables.recoveredBallots.add(floor.counter());
        applyAcceptors();
        tables.floors.raise(key.store(), floor);
        tables.remove(key);
    }
}
