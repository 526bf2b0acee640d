package io.coterie.replication.internal.repair;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.internal.journal.FaultyDisk;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Disk;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The disks of three replicas, a, b and c, that are stopped. */
final class RepairedDisks implements Clock {
    static final List<String> NAMES = List.of("a", "b", "c");

    private static final StoreSpec STORE = new StoreSpec("s", "strong");
    private static final int SEGMENT_BYTES = 12 << 10;
    private static final long START = 1_735_689_600_000L;

    private final Map<String, FaultyDisk> disks = new TreeMap<>();
    private final SplittableRandom random = new SplittableRandom(7);
    private long wallMillis = START;

    /** A replica's copy of a key. */
    record Copy(Ballot promised, Ballot accepted, @Nullable String state) {}

    /** Appends to a journal. */
    static final class Writer {
        private final DirectJournal journal;
        private final JournalEntries entries = new JournalEntries();

        Writer(DirectJournal journal) {
            this.journal = journal;
        }

        void acceptor(String key, Ballot promised, Ballot accepted, String state) {
            Acceptor acceptor = new Acceptor(key(key), Ballot.NONE, 0);
            acceptor.accept(accepted, state.getBytes(UTF_8), promised);
            journal.append(entries.acceptor(key(key), acceptor));
        }

        void promise(String key, Ballot promised) {
            journal.append(entries.promise(key(key), promised));
        }

        void floor(Ballot floor) {
            journal.append(entries.floor(STORE.id(), floor));
        }
    }

    RepairedDisks() {
        this(1);
    }

    RepairedDisks(long incarnations) {
        this("a, b, c", incarnations, Set.copyOf(NAMES));
    }

    RepairedDisks(String replicas) {
        this(replicas, 1, Set.copyOf(NAMES));
    }

    /**
     * Disks of replicas that know each other, and one store.
     *
     * @param voted those that have voted before
     */
    RepairedDisks(String replicas, long incarnations, Set<String> voted) {
        for (String name : NAMES) {
            disks.put(name, new FaultyDisk());
            write(name, writer -> {
                JournalEntries entries = writer.entries;
                DirectJournal journal = writer.journal;
                journal.append(entries.incarnation(incarnations));
                journal.append(entries.replicas(replicas));
                journal.append(entries.start(10));
                journal.append(entries.start(20));
                if (voted.contains(name)) {
                    journal.append(entries.voting());
                }
                NAMES.stream()
                        .filter(other -> !other.equals(name) && voted.contains(other))
                        .forEach(other ->
                                journal.append(entries.registration(id(other), new Remembered(incarnations, 20L))));
                journal.append(entries.store(STORE));
            });
        }
    }

    static RecordKey key(String key) {
        return new RecordKey(STORE.id(), key.getBytes(UTF_8));
    }

    static NodeId id(String name) {
        return NodeId.of(name);
    }

    Ballot ballotAhead(Duration lead) {
        return new Ballot(HybridClock.reading(START + lead.toMillis()), 3);
    }

    boolean isInBounds(Ballot ballot) {
        return ballot.counter() <= BallotClock.latest(wallMillis);
    }

    void pass(Duration time) {
        wallMillis += time.toMillis();
    }

    FaultyDisk disk(String name) {
        return disks.get(name);
    }

    void put(String name, FaultyDisk disk) {
        disks.put(name, disk);
    }

    void remove(String name) {
        disks.remove(name);
    }

    void all(Consumer<FaultyDisk> action) {
        disks.values().forEach(action);
    }

    void write(String name, Consumer<Writer> writer) {
        Disk disk = disks.get(name).open(id(name));
        try (DirectJournal journal = DirectJournal.open(disk, id(name), SEGMENT_BYTES, random::nextLong, entry -> {})) {
            writer.accept(new Writer(journal));
            journal.force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RepairSteps repair(String... without) throws IOException {
        List<RepairedReplica> replicas = new ArrayList<>();
        for (String name : disks.keySet()) {
            replicas.add(replica(name));
        }
        return new RepairSteps(replicas, Set.of(without), random::nextLong);
    }

    private RepairedReplica replica(String name) throws IOException {
        return new RepairedReplica(disks.get(name).open(id(name)), SEGMENT_BYTES, this, random::nextLong, Map.of());
    }

    void repairAll() throws IOException {
        repairAllWithout();
    }

    void repairAllWithout(String... without) throws IOException {
        RepairSteps repair = repair(without);
        repair.run(repair.look());
    }

    RepairedReplica.Known look(String name) throws IOException {
        return replica(name).look(Long.MAX_VALUE);
    }

    Copy copy(String name, String key) {
        ReplicaTables tables = tables(name);
        Acceptor acceptor = tables.acceptors.get(key(key));
        byte[] state = acceptor == null ? null : acceptor.state();
        return acceptor == null
                ? new Copy(tables.floors.of(STORE.id()), Ballot.NONE, null)
                : new Copy(acceptor.promised(), acceptor.accepted(), state == null ? null : new String(state, UTF_8));
    }

    Ballot floor(String name) {
        return tables(name).floors.of(STORE.id());
    }

    private ReplicaTables tables(String name) {
        try {
            return replica(name).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the journal as a replica does that starts. */
    void start(String name) {
        new DiskStorage(disks.get(name), "disk of " + name, SEGMENT_BYTES)
                .open(id(name), new TestLoop().world(), entry -> {}, failure -> {});
    }

    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }
}
