package io.coterie.consistency.broken;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Replicas that forget, or that answer for what they may forget. */
public final class BrokenStorage {
    /** Kinds of entries, as a replica's journal has them at their first byte. */
    public static final int REGISTER = 5;

    public static final int PROMISE = 6;
    private static final int FLOOR = 8;
    private static final int REMOVED = 9;
    private static final int START = 11;

    private BrokenStorage() {}

    static SimulatedCluster.Variant recovering(UnaryOperator<List<ByteBuffer>> change) {
        return SimulatedCluster.Variant.CORRECT.withStorage(
                start -> new Wrapped(SimulatedStorage.of(start), change, journal -> journal));
    }

    private static SimulatedCluster.Variant writing(UnaryOperator<Journal> change) {
        return SimulatedCluster.Variant.CORRECT.withStorage(
                start -> new Wrapped(SimulatedStorage.of(start), entries -> entries, change));
    }

    /** A replica answers before what it answers for is on its disk. */
    static SimulatedCluster.Variant acknowledgementBeforeForce() {
        return writing(journal -> new Hasty(journal, kind -> true));
    }

    /** A replica reports a promise before it is on its disk. */
    static SimulatedCluster.Variant promiseBeforeForce() {
        return writing(journal -> new Hasty(journal, kind -> kind == PROMISE));
    }

    /**
     * No replica's disk ever comes to the end of a write: no store opens, and nobody hears of
     * anything. Not unsafe.
     */
    public static SimulatedCluster.Variant nothingDurable() {
        return writing(journal -> new WrappedJournal(journal) {
            @Override
            public void whenDurable(long position, Runnable task) {
                Objects.requireNonNull(task);
            }
        });
    }

    /** A replica that restarts knows what it accepted, but not which higher ballots it promised. */
    static SimulatedCluster.Variant promiseForgotten() {
        return recovering(entries -> map(entries, entry -> switch (kind(entry)) {
            case REGISTER -> withoutPromise(entry);
            case PROMISE -> null;
            default -> entry;
        }));
    }

    /** A replica that restarts knows what it promised, but not what it accepted. */
    static SimulatedCluster.Variant acceptedForgotten() {
        return recovering(entries -> map(entries, entry -> kind(entry) == REGISTER ? promiseAlone(entry) : entry));
    }

    /** A replica comes back with an empty disk and votes as if it had never promised anything. */
    static SimulatedCluster.Variant amnesia() {
        return recovering(entries -> map(entries, entry -> isOfAKey(entry) ? null : entry));
    }

    /** The last writes are cut off with whatever was torn, also those that were acknowledged. */
    static SimulatedCluster.Variant lastEntriesIgnored() {
        return recovering(entries -> part(entries, 0, Math.max(0, entries.size() - 4)));
    }

    /** What is damaged in the middle of the journal is passed over. */
    static SimulatedCluster.Variant damageInTheMiddlePassedOver() {
        return recovering(entries -> {
            List<ByteBuffer> rest = part(entries, 0, entries.size() * 2 / 3);
            entries.subList(entries.size() * 5 / 6, entries.size()).stream()
                    .filter(BrokenStorage::isOfAKey)
                    .forEach(rest::add);
            return rest;
        });
    }

    /** An older copy of the journal is put back. */
    static SimulatedCluster.Variant olderCopyTaken() {
        return recovering(entries -> part(entries, 0, entries.size() * 3 / 4));
    }

    /**
     * A copy from before the last start is put back, and votes although others remember a later
     * start of it.
     */
    static SimulatedCluster.Variant startNumbersIgnored() {
        return recovering(entries -> part(entries, 0, lastStart(entries)));
    }

    private static int lastStart(List<ByteBuffer> entries) {
        int last = entries.size();
        for (int i = 0; i < entries.size(); i++) {
            last = kind(entries.get(i)) == START ? i : last;
        }
        return last;
    }

    /**
     * What was deleted is dropped at a restart, while other replicas still have what was there
     * before.
     */
    static SimulatedCluster.Variant tombstoneDroppedAtOnce() {
        return recovering(entries -> map(entries, entry -> isTombstone(entry) ? absence(entry) : entry));
    }

    public static int kind(ByteBuffer entry) {
        return entry.get(0);
    }

    private static boolean isOfAKey(ByteBuffer entry) {
        return kind(entry) == REGISTER || kind(entry) == PROMISE || kind(entry) == FLOOR || kind(entry) == REMOVED;
    }

    /** Entries of keys up to an index are kept, and all others. */
    private static List<ByteBuffer> part(List<ByteBuffer> entries, int from, int to) {
        List<ByteBuffer> kept = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            if ((i >= from && i < to) || !isOfAKey(entries.get(i))) {
                kept.add(entries.get(i));
            }
        }
        return kept;
    }

    public static List<ByteBuffer> map(List<ByteBuffer> entries, Change change) {
        List<ByteBuffer> changed = new ArrayList<>();
        for (ByteBuffer entry : entries) {
            ByteBuffer other = change.of(entry);
            if (other != null) {
                changed.add(other);
            }
        }
        return changed;
    }

    public interface Change {
        @Nullable
        ByteBuffer of(ByteBuffer entry);
    }

    /**
     * The layout of a register's entry is kind, store, length of the key, key, promise, accepted
     * ballot, state.
     */
    public static int promiseOf(ByteBuffer entry) {
        return 1 + Long.BYTES + Integer.BYTES + entry.getInt(1 + Long.BYTES);
    }

    private static ByteBuffer withoutPromise(ByteBuffer entry) {
        int promised = promiseOf(entry);
        entry.putLong(promised, entry.getLong(promised + Ballot.BYTES));
        entry.putLong(promised + Long.BYTES, entry.getLong(promised + Ballot.BYTES + Long.BYTES));
        return entry;
    }

    private static ByteBuffer promiseAlone(ByteBuffer entry) {
        entry.put(0, (byte) PROMISE);
        return entry.limit(promiseOf(entry) + Ballot.BYTES).slice();
    }

    /**
     * The state is reported to be there, then its length, then its first byte: 0 where there is no
     * value.
     */
    private static boolean isTombstone(ByteBuffer entry) {
        if (kind(entry) != REGISTER) {
            return false;
        }
        int state = promiseOf(entry) + 2 * Ballot.BYTES;
        return entry.get(state) == 1 && entry.get(state + 1 + Integer.BYTES) == 0;
    }

    private static ByteBuffer absence(ByteBuffer entry) {
        int promised = promiseOf(entry);
        ByteBuffer absent = ByteBuffer.allocate(promised + 2 * Ballot.BYTES + 1);
        return absent.put(entry.slice(0, promised)).clear();
    }

    /** A storage with something changed on the way in or out. */
    private record Wrapped(Storage correct, UnaryOperator<List<ByteBuffer>> change, UnaryOperator<Journal> journals)
            implements Storage {
        @Override
        public Journal open(
                NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
            List<ByteBuffer> entries = new ArrayList<>();
            Journal journal = correct.open(self, world, entry -> entries.add(copy(entry)), onFailure);
            change.apply(entries).forEach(recovered);
            return journals.apply(journal);
        }

        @Override
        public boolean survivesRestart() {
            return correct.survivesRestart();
        }

        private static ByteBuffer copy(ByteBuffer entry) {
            return ByteBuffer.allocate(entry.remaining()).put(entry).flip();
        }
    }

    private interface Kinds {
        boolean test(int kind);
    }

    /** Calls entries of some kinds durable as soon as they are handed over. */
    private static final class Hasty extends WrappedJournal {
        private final Kinds kinds;
        private final Set<Long> called = new HashSet<>();

        Hasty(Journal correct, Kinds kinds) {
            super(correct);
            this.kinds = kinds;
        }

        @Override
        public long append(ByteBuffer record) {
            boolean hasty = kinds.test(record.get(record.position()));
            long position = super.append(record);
            if (hasty) {
                called.add(position);
            }
            return position;
        }

        @Override
        public void whenDurable(long position, Runnable task) {
            if (called.contains(position)) {
                Objects.requireNonNull(task).run();
            } else {
                super.whenDurable(position, task);
            }
        }
    }
}
