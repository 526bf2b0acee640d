package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A replica whose storage fails before the replica is open. */
class ReplicaOpeningTest {
    private static final NodeId A = NodeId.of("a");
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 100_000;
        }
    };

    private final TestLoop loop = new TestLoop();
    private final FailingStorage storage = new FailingStorage();

    @Test
    void aStorageThatFailsWhileItIsOpenedLeavesAFailedReplica() {
        storage.failsWhileOpened = true;

        Replica replica = open("a, b, c", () -> 7);

        assertEquals(ReplicaState.FAILED, replica.votingRight().state());
        assertEquals("broken", replica.votingRight().problem());
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        ReplicaMethods.Open request = new ReplicaMethods.Open(new StoreSpec("s", "strong"), false);
        replica.stores().open(A, request, new Responder<>() {
            @Override
            public void reply(Boolean response) {
                throw new AssertionError("nothing can be recorded");
            }

            @Override
            public void fail(Throwable error) {
                refusal.set(error);
            }
        });
        assertEquals(RefusalKind.NO_STORAGE, kindOf(refusal.get()));
    }

    /** As a journal on a disk does whose last write fails. */
    @Test
    void aJournalMayFailAfterTheReplicaWasRefused() {
        storage.failsWhenClosed = true;

        assertThrows(ConfigurationMismatchException.class, () -> open("a, b, d", () -> 7));

        assertTrue(storage.closed);
        assertTrue(loop.drain());
    }

    @Test
    void anOpeningThatFailsClosesTheJournal() {
        RandomSource none = () -> {
            throw new IllegalStateException("no random numbers");
        };

        assertThrows(IllegalStateException.class, () -> open("a, b, c", none));

        assertTrue(storage.closed);
    }

    private Replica open(String replicas, RandomSource random) {
        return Replica.open(A, new World(CLOCK, loop, random), new HlcClock(CLOCK, () -> 7, 7), replicas, storage);
    }

    /** The journal of a replica of a, b and c. */
    private final class FailingStorage implements Storage, Journal {
        private boolean failsWhileOpened;
        private boolean failsWhenClosed;
        private boolean closed;
        private long position;
        private Consumer<StorageException> onFailure = failure -> {};

        @Override
        public Journal open(
                NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> toNotify) {
            onFailure = toNotify;
            recovered.accept(new JournalEntries().replicas("a, b, c"));
            if (failsWhileOpened) {
                fail();
            }
            return this;
        }

        private void fail() {
            onFailure.accept(new StorageException("broken", true, null));
        }

        @Override
        public long append(ByteBuffer record) {
            return ++position;
        }

        @Override
        public void whenDurable(long upTo, Runnable task) {}

        @Override
        public void close() {
            closed = true;
            if (failsWhenClosed) {
                loop.execute(this::fail);
            }
        }

        @Override
        public boolean survivesRestart() {
            return true;
        }
    }
}
