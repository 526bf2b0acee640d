package io.coterie.consistency.simulated.members;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.function.ToLongFunction;

/** Callers that count too few, or others, as a quorum while a group is exchanged. */
final class BrokenQuorums {
    private BrokenQuorums() {}

    /** Whether replicas are a quorum. */
    private interface Rule {
        boolean isQuorum(Voters voters, long bits);
    }

    static ConsensusRules ofTheGroup() {
        return rules((voters, bits) -> isMajority(bits & voters.group(), voters.groupSize()));
    }

    static ConsensusRules ofTheNextGroup() {
        return rules((voters, bits) -> voters.isJoint()
                ? isMajority(bits & voters.nextGroup(), voters.nextGroupSize())
                : voters.isQuorum(bits));
    }

    /** Who takes the place of lost records passes for who had them. */
    static ConsensusRules ofNames() {
        return rules((voters, bits) -> {
            boolean isLost = Long.bitCount(voters.group()) < voters.groupSize();
            long group = isLost ? voters.allBits() : voters.group();
            return isMajority(bits & group, voters.groupSize())
                    && (!voters.isJoint() || isMajority(bits & voters.nextGroup(), voters.nextGroupSize()));
        });
    }

    private static boolean isMajority(long bits, int size) {
        return Long.bitCount(bits) >= Quorums.majority(size);
    }

    private static ConsensusRules rules(Rule rule) {
        return new ConsensusRules() {
            @Override
            public boolean isPromised(Voters voters, long replicas) {
                return rule.isQuorum(voters, replicas);
            }

            @Override
            public boolean isAccepted(Voters voters, long replicas) {
                return rule.isQuorum(voters, replicas);
            }

            @Override
            public boolean isRead(Voters voters, long replicas) {
                return rule.isQuorum(voters, replicas);
            }
        };
    }

    /** Deleted keys are forgotten once all of the group have the tombstone. */
    static Variant removedByTheGroup() {
        return removedBy(Voters::group);
    }

    /** Deleted keys are forgotten once all of the next group have the tombstone. */
    static Variant removedByTheNextGroup() {
        return removedBy(voters -> voters.isJoint() ? voters.nextGroup() : voters.allBits());
    }

    private static Variant removedBy(ToLongFunction<Voters> needed) {
        return Variant.CORRECT.withCollector((replication, period) ->
                new Collector(NodeReplication.of(replication.loop()), period, needed).schedule());
    }

    private static final class Collector {
        private static final int MAX_AT_ONCE = 64;

        private final NodeReplication replication;
        private final Duration period;
        private final ToLongFunction<Voters> needed;

        Collector(NodeReplication replication, Duration period, ToLongFunction<Voters> needed) {
            this.replication = replication;
            this.period = period;
            this.needed = needed;
        }

        void schedule() {
            replication.world().scheduler().schedule(period.toNanos(), () -> {
                replication.tombstones().next("strong", MAX_AT_ONCE).forEach(this::collect);
                schedule();
            });
        }

        private void collect(Tombstone tombstone) {
            byte[] deleted = tombstone.state();
            if (deleted != null) {
                Ballot ballot = tombstone.ballot();
                replication.accept(tombstone.key(), ballot, deleted, ballot, deadline(), new Confirmation(tombstone));
            }
        }

        private void remove(Tombstone tombstone, Ballot promised) {
            ResponseCollector<Boolean> nobodyListens = (replica, gone) -> false;
            replication.remove(
                    tombstone.key(),
                    tombstone.ballot(),
                    Ballot.max(promised, tombstone.ballot()),
                    deadline(),
                    nobodyListens);
        }

        private long deadline() {
            return replication.world().clock().nanos() + period.toNanos();
        }

        private final class Confirmation implements ResponseCollector<AcceptAnswer> {
            private final Tombstone tombstone;
            private final Voters voters = replication.voters();
            private Ballot promised = Ballot.NONE;
            private long accepted;

            Confirmation(Tombstone tombstone) {
                this.tombstone = tombstone;
            }

            @Override
            public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
                promised = Ballot.max(promised, answer.promised());
                accepted |= answer.accepted() ? voters.bit(replica) : 0;
                long all = needed.applyAsLong(voters);
                boolean enough = (accepted & all) == all;
                if (enough) {
                    remove(tombstone, promised);
                }
                return enough;
            }
        }
    }
}
