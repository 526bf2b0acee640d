package io.coterie.replication.internal.replica;

import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.membership.Configurations;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Opens replicas on a journal that becomes durable on demand. */
abstract class ScriptedReplica {
    static final NodeId A = NodeId.of("a");
    static final NodeId B = NodeId.of("b");
    static final String REPLICAS = "a, b, c";
    static final StoreSpec STRONG = new StoreSpec("s", "strong");
    static final StoreSpec EVENTUAL = new StoreSpec("s", "eventual");
    static final RecordKey KEY = new RecordKey(STRONG.id(), new byte[] {1});
    static final Ballot BALLOT = new Ballot(5, 1);

    final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 100_000;
        }
    };
    final ScriptedJournal journal = new ScriptedJournal();
    final AtomicLong draws = new AtomicLong(7);
    final RecordedAnswer<Object> answer = new RecordedAnswer<>();

    final Replica open() {
        return open(REPLICAS);
    }

    final Replica open(String replicas) {
        Storage storage = new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                journal.recovered.forEach(recovered);
                return journal;
            }

            @Override
            public boolean survivesRestart() {
                return true;
            }
        };
        return Replica.open(
                A, new World(clock, new TestLoop(), draws::get), new HlcClock(clock, () -> 7, 7), replicas, storage);
    }

    final Replica votingReplica() {
        Replica replica = open();
        replica.votingRight().configure();
        replica.votingRight().grant(() -> {});
        replica.stores().open(A, new ReplicaMethods.Open(STRONG, false), new RecordedAnswer<>());
        journal.force();
        return replica;
    }

    /** A replica whose incarnation is that of {@link Configurations#id}. */
    final Replica votingMember() {
        draws.set(Configurations.id(A.name()).incarnation());
        return votingReplica();
    }

    static ReplicaMethods.Accept accept() {
        return new ReplicaMethods.Accept(KEY, BALLOT, new byte[] {9}, BALLOT);
    }
}
