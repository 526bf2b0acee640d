package io.coterie.replication.internal.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A node's own writes are later than what its replica has, whatever the wall clocks of others show.
 */
class ReplicaTimestampsTest {
    private static final NodeId A = NodeId.of("a");
    private static final StoreSpec STORE = new StoreSpec("s", "eventual");
    private static final RecordKey KEY = new RecordKey(STORE.id(), new byte[] {1});

    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 100_000;
        }
    };
    private final World world = new World(clock, new TestLoop(), () -> 7);
    private final Recording<HlcTimestamp> answers = new Recording<>();

    @Test
    void aWriteFromAFasterClockIsOlderThanTheNextOfThisNode() {
        HlcClock timestamps = new HlcClock(clock, () -> 7, 7);
        Replica replica = opened(timestamps, Storage.memory());
        HlcTimestamp ahead = new HlcTimestamp(110_000L << 16, 1);

        merge(replica, ahead);

        assertEquals(ahead, answers.last());
        assertTrue(timestamps.next().isAbove(ahead));
    }

    @Test
    void aRefusedTimestampLeavesTheClockAlone() {
        HlcClock timestamps = new HlcClock(clock, () -> 7, 7);
        Replica replica = opened(timestamps, Storage.memory());

        merge(replica, new HlcTimestamp(100_000_000L << 16, 1));

        assertEquals(0, answers.size());
        assertEquals(100_000, HybridClock.millis(timestamps.next().time()));
    }

    @Test
    void whatIsReadBackIsOlderToo() {
        HlcTimestamp ahead = new HlcTimestamp(110_000L << 16, 1);
        HlcClock timestamps = new HlcClock(clock, () -> 7, 7);
        ByteBuffer entry = new JournalEntries().value(KEY, new VersionedValue(ahead, new byte[] {2}));

        opened(timestamps, new Recovering(entry));

        assertTrue(timestamps.next().isAbove(ahead));
    }

    @Test
    void aTimestampFromTheFutureThatIsReadBackLeavesTheClockAlone() {
        HlcTimestamp future = new HlcTimestamp(100_000_000L << 16, 1);
        HlcClock timestamps = new HlcClock(clock, () -> 7, 7);
        ByteBuffer entry = new JournalEntries().value(KEY, new VersionedValue(future, new byte[] {2}));

        Replica replica = opened(timestamps, new Recovering(entry));

        assertEquals(1, replica.untrusted());
        HlcTimestamp next = timestamps.next();
        assertEquals(100_000, HybridClock.millis(next.time()));
        merge(replica, next);
        assertEquals(next, answers.last(), "a write of today takes its place");
    }

    private Replica opened(HlcClock timestamps, Storage storage) {
        Replica replica = Replica.open(A, world, timestamps, "a", storage);
        replica.stores().open(A, new ReplicaMethods.Open(STORE, false), new Recording<>());
        return replica;
    }

    private void merge(Replica replica, HlcTimestamp timestamp) {
        replica.merge(A, new ReplicaMethods.Merge(KEY, new VersionedValue(timestamp, new byte[] {2})), answers);
    }

    private static final class Recording<A> implements Responder<A> {
        private final List<A> answers = new ArrayList<>();

        @Override
        public void reply(A response) {
            answers.add(response);
        }

        @Override
        public void fail(Throwable error) {}

        int size() {
            return answers.size();
        }

        A last() {
            return answers.get(answers.size() - 1);
        }
    }

    private record Recovering(ByteBuffer entry) implements Storage {
        @Override
        public Journal open(
                NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
            recovered.accept(entry);
            return Storage.memory().open(self, world, recovered, onFailure);
        }

        @Override
        public boolean survivesRestart() {
            return true;
        }
    }
}
