package io.coterie.consistency.internal.strong;

import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.StrongConsistency;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import org.jspecify.annotations.Nullable;

/** Linearizable stores. */
public final class StrongPolicy implements StrongConsistency {
    public static final StrongPolicy INSTANCE = new StrongPolicy(QuorumPair.MAJORITIES);

    private static final String NAME = "strong";

    private final QuorumPair pair;

    private StrongPolicy(QuorumPair pair) {
        this.pair = pair;
    }

    /** Whether stores of the policy of that name are strong, whatever quorums it names. */
    public static boolean isStrong(String policy) {
        return QuorumPair.policyWithoutQuorums(policy).equals(NAME);
    }

    @Override
    public ConsistencyPolicy quorums(QuorumSystem prepare, QuorumSystem accept) {
        QuorumPair chosen = new QuorumPair(prepare, accept);
        chosen.requireMeetingWhereKnown();
        return new StrongPolicy(chosen);
    }

    @Override
    public String name() {
        return pair.policyName(NAME);
    }

    @Override
    public int replicasToOpen(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public int readQuorum(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public int writeQuorum(int replicas) {
        return Quorums.majority(replicas);
    }

    @Override
    public int readFailuresSurvived(Voters voters, long alive) {
        return voters.with(pair).toSpare(alive);
    }

    @Override
    public int writeFailuresSurvived(Voters voters, long alive) {
        return voters.with(pair).toSpare(alive);
    }

    @Override
    public boolean needsVotes() {
        return true;
    }

    @Override
    public String promise(int replicas) {
        return pair.areMajorities()
                ? "strong: linearizable; reads and writes need " + Quorums.majority(replicas) + " of " + replicas
                        + " replicas, and " + Quorums.tolerated(replicas) + " of them may fail"
                : name() + ": linearizable; reads and writes need a prepare quorum and an accept quorum of " + replicas
                        + " replicas";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        // Before this node has a configuration, it may know too few members, or none.
        if (context.loop().voters().since() != 0) {
            pair.requireMeetingOf(
                    "store \"" + context.store().name() + "\"",
                    context.loop().voters().groupNames());
        }
        NodeReplication.of(context.loop()).quorums().opened(context.store(), pair);
        return new StrongStore(context);
    }

    /** Whether a store of that spec reads as this policy promises. */
    boolean isAtMostAsStrongAs(StoreSpec store) {
        return pair.areMajorities() || name().equals(store.policy());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StrongPolicy that && that.pair.equals(pair);
    }

    @Override
    public int hashCode() {
        return pair.hashCode();
    }

    @Override
    public String toString() {
        return name();
    }
}
