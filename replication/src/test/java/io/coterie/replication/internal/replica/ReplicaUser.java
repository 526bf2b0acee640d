package io.coterie.replication.internal.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.journal.FaultyDisk;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Opens a replica on a storage and writes to it as coordinators do, each time with a higher ballot.
 * Notes which state of each key was acknowledged as durable.
 */
public final class ReplicaUser implements AutoCloseable {
    private static final NodeId SELF = NodeId.of("a");
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");
    private static final StoreSpec EVENTUAL = new StoreSpec("e", "eventual");
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 1_000_000;
        }
    };

    public final TestLoop loop = new TestLoop();
    public final Replica replica;

    /**
     * The ballot of the last change of each key that was acknowledged, by the key; negative for a
     * removal.
     */
    public final Map<String, Long> acknowledged = new HashMap<>();

    /** Whether the replica remembered, when it was opened, that it may vote. */
    public final boolean wasVoting;

    private long ballots;

    public ReplicaUser(Storage storage, long ballots) {
        this.ballots = ballots;
        World world = new World(CLOCK, loop, loop.world().random());
        replica = Replica.open(SELF, world, new HlcClock(CLOCK, () -> 1, 1), "a", storage);
        wasVoting = replica.votingRight().hasVoted();
        if (replica.votingRight().state() == ReplicaState.REGISTERING) {
            replica.votingRight().configure();
            replica.votingRight().grant(() -> {});
        }
        open(STRONG);
        open(EVENTUAL);
    }

    /** The last ballot used. */
    public ReplicaState state() {
        return replica.votingRight().state();
    }

    public long ballots() {
        return ballots;
    }

    public long put(String key, int size) {
        byte[] state = new byte[size + 1];
        state[0] = 1;
        return accept(key, state);
    }

    public long delete(String key) {
        return accept(key, new byte[] {0, 7});
    }

    /** Forgets a key whose last change was a delete with that ballot. */
    public void remove(String key, long deleted) {
        Ballot ballot = new Ballot(deleted, 1);
        int before = replica.records();
        boolean[] removed = {false};
        replica.registers().remove(SELF, new ReplicaMethods.Remove(key(key), ballot, ballot), answer(gone -> {
            if (removed[0]) {
                acknowledged.put(key, -deleted);
            }
        }));
        removed[0] = replica.records() < before;
    }

    public void promise(String key) {
        replica.registers()
                .prepare(SELF, new ReplicaMethods.Prepare(key(key), new Ballot(++ballots, 1)), answer(any -> {}));
    }

    public void merge(String key, int size) {
        long time = ++ballots;
        VersionedValue value = new VersionedValue(new HlcTimestamp(time, 1), new byte[size]);
        RecordKey record = new RecordKey(EVENTUAL.id(), key.getBytes(UTF_8));
        replica.merge(
                SELF, new ReplicaMethods.Merge(record, value), answer(timestamp -> acknowledged.put("e" + key, time)));
    }

    /** The counter of what is accepted for a key, 0 for nothing. */
    public long read(String key) {
        long[] found = {-1};
        replica.registers().read(SELF, new ReadMethod.Request(key(key), Ballot.NONE), answer(answer -> {
            ReadAnswer other = answer.other();
            found[0] = other == null ? 0 : other.accepted().counter();
        }));
        return found[0];
    }

    /**
     * The counter of what an absent key, or any with a lower promise, is refused with; 0 if the
     * ballot was promised.
     */
    public long promised(String key, long ballot) {
        long[] found = {-1};
        replica.registers()
                .prepare(
                        SELF,
                        new ReplicaMethods.Prepare(key(key), new Ballot(ballot, 1)),
                        answer(answer -> found[0] =
                                answer.granted() ? 0 : answer.promised().counter()));
        return found[0];
    }

    public long fetch(String key) {
        long[] found = {-1};
        replica.fetch(
                SELF,
                new RecordKey(EVENTUAL.id(), key.getBytes(UTF_8)),
                answer(answer -> found[0] = answer.timestamp().time()));
        return found[0];
    }

    /** Runs loop and jobs until nothing is left to do. */
    public void settle(FaultyDisk disk) {
        boolean busy = true;
        while (busy) {
            busy = loop.drain();
            busy |= disk.runJobs();
        }
    }

    @Override
    public void close() {
        replica.close();
        loop.drain();
    }

    private long accept(String key, byte[] state) {
        long counter = ++ballots;
        Ballot ballot = new Ballot(counter, 1);
        replica.registers().accept(SELF, new ReplicaMethods.Accept(key(key), ballot, state, ballot), answer(answer -> {
            if (answer.accepted()) {
                acknowledged.put(key, counter);
            }
        }));
        return counter;
    }

    private void open(StoreSpec store) {
        replica.stores().open(SELF, new ReplicaMethods.Open(store, false), answer(any -> {}));
    }

    private static RecordKey key(String key) {
        return new RecordKey(STRONG.id(), key.getBytes(UTF_8));
    }

    private static <A> Responder<A> answer(Consumer<A> onReply) {
        return new Responder<>() {
            @Override
            public void reply(A response) {
                onReply.accept(response);
            }

            @Override
            public void fail(Throwable error) {}
        };
    }
}
