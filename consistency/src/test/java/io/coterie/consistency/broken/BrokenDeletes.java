package io.coterie.consistency.broken;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongPolicy;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.consistency.simulated.cluster.WrappedStorage;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.storage.Journal;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Deleted keys that are forgotten too early, or without what must be left of them. */
public final class BrokenDeletes {
    /** Kinds of entries, as a replica's journal has them at their first byte. */
    private static final int PROMISE = 6;

    private static final int FLOOR = 8;
    private static final int REMOVED = 9;

    private BrokenDeletes() {}

    /** For a key that was forgotten, replicas promise and accept whatever comes first. */
    static SimulatedCluster.Variant floorIgnored() {
        return SimulatedCluster.Variant.CORRECT.withStorage(
                start -> new WrappedStorage(SimulatedStorage.of(start), UnboundedJournal::new));
    }

    /** A replica that restarts does not know what its absent keys have promised. */
    public static SimulatedCluster.Variant floorForgotten() {
        return BrokenStorage.recovering(
                entries -> BrokenStorage.map(entries, entry -> switch (BrokenStorage.kind(entry)) {
                    case FLOOR -> null;
                    case REMOVED -> withoutFloor(entry);
                    default -> entry;
                }));
    }

    /**
     * Keys are forgotten once most replicas have the tombstone: the others may bring back what was
     * there before.
     */
    static SimulatedCluster.Variant removedByMajority() {
        return SimulatedCluster.Variant.CORRECT.withCollector(
                (replication, period) -> new HastyCollector(NodeReplication.of(replication.loop()), period).schedule());
    }

    /**
     * A batch that finds no trace of its key counts as not applied, though it may have been deleted
     * and forgotten since.
     */
    public static SimulatedCluster.Variant horizonIgnored() {
        return SimulatedCluster.Variant.CORRECT.withRules(context -> new ConsensusRules() {
            @Override
            public RegisterState learned(Batch batch, byte @Nullable [] state, Ballot floor) {
                return super.learned(batch, state, Ballot.NONE);
            }
        });
    }

    private static ByteBuffer withoutFloor(ByteBuffer entry) {
        int floor = BrokenStorage.promiseOf(entry);
        return entry.putLong(floor, 0).putLong(floor + Long.BYTES, 0);
    }

    /** Gives each key that is removed a promise of its own, which is none. */
    private static final class UnboundedJournal extends WrappedJournal {
        private final World world;
        private final Consumer<ByteBuffer> reader;

        UnboundedJournal(Journal correct, World world, Consumer<ByteBuffer> reader) {
            super(correct);
            this.world = world;
            this.reader = reader;
        }

        @Override
        public long append(ByteBuffer record) {
            if (BrokenStorage.kind(record) == REMOVED) {
                ByteBuffer promise = ByteBuffer.allocate(record.remaining())
                        .put(record.duplicate())
                        .flip();
                withoutFloor(promise).put(0, (byte) PROMISE);
                world.scheduler().execute(() -> reader.accept(promise));
            }
            return super.append(record);
        }
    }

    private static final class HastyCollector {
        private static final int MAX_AT_ONCE = 64;

        private final NodeReplication replication;
        private final Duration period;

        HastyCollector(NodeReplication replication, Duration period) {
            this.replication = replication;
            this.period = period;
        }

        void schedule() {
            replication.world().scheduler().schedule(period.toNanos(), () -> {
                replication
                        .tombstones()
                        .next(StrongPolicy.INSTANCE.name(), MAX_AT_ONCE)
                        .forEach(tombstone -> collect(tombstone, tombstone.state()));
                schedule();
            });
        }

        private void collect(Tombstone tombstone, byte @Nullable [] deleted) {
            if (deleted != null) {
                Ballot ballot = tombstone.ballot();
                replication.accept(
                        tombstone.key(), ballot, deleted, ballot, deadline(), new Confirmation(tombstone, deleted));
            }
        }

        private void remove(Tombstone tombstone, byte[] deleted, Ballot promised) {
            long timestamps = RegisterState.decode(deleted).highestTimestamp();
            Ballot newest = new Ballot(
                    Math.max(tombstone.ballot().counter(), timestamps),
                    tombstone.ballot().proposer());
            ResponseCollector<Boolean> nobodyListens = (replica, gone) -> false;
            replication.remove(
                    tombstone.key(), tombstone.ballot(), Ballot.max(promised, newest), deadline(), nobodyListens);
        }

        private long deadline() {
            return replication.world().clock().nanos() + period.toNanos();
        }

        private final class Confirmation implements ResponseCollector<AcceptAnswer> {
            private final Tombstone tombstone;
            private final byte[] deleted;
            private Ballot promised = Ballot.NONE;
            private int accepted;

            Confirmation(Tombstone tombstone, byte[] deleted) {
                this.tombstone = tombstone;
                this.deleted = deleted;
            }

            @Override
            public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
                promised = Ballot.max(promised, answer.promised());
                accepted += answer.accepted() ? 1 : 0;
                boolean enough =
                        accepted == Quorums.majority(replication.replicas().size());
                if (enough) {
                    remove(tombstone, deleted, promised);
                }
                return enough;
            }
        }
    }
}
