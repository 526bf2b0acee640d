package io.coterie.consistency.internal.round;

import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.fetch.StateRequests;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.wire.BatchStatus;
import io.coterie.consistency.internal.wire.BatchStatusQuery;
import io.coterie.consistency.internal.wire.ForwardRequest;
import io.coterie.consistency.internal.wire.HomeAnswer;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.node.NodeId;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The parts of a strong store that its rounds use. */
public class RoundContext {
    private static final int MAX_FORWARDED_BYTES = 256 << 10;

    private final NodeReplication replication;
    private final ConsensusRules rules;
    private final Executor userCode;
    private final boolean hasHomes;
    private final ConflictBackoff backoff = new ConflictBackoff();
    private final StrongFailures failures;
    private final StateRequests states;
    private final Homes homes;
    private final RpcMethod<ForwardRequest, HomeAnswer> forwarding;
    private final RpcMethod<BatchStatusQuery, BatchStatus> batchStatus;

    /**
     * The context of one store.
     *
     * @param hasHomes whether nodes make changes for one another
     * @param largeStateBytes from which size on states are sent by one replica
     */
    protected RoundContext(StoreContext store, ConsensusRules rules, boolean hasHomes, int largeStateBytes) {
        String name = store.store().name();
        this.replication = NodeReplication.of(store.loop());
        this.rules = rules;
        this.userCode = store.userCode();
        this.hasHomes = hasHomes;
        this.failures = new StrongFailures(name, replication, rules);
        this.states = new StateRequests(replication, rules, largeStateBytes);
        this.homes = new Homes(replication.world().clock(), replication.replicas(), replication::isSilent);
        replication.onVotersChange((before, now) -> {
            homes.change(now.replicas());
            states.change(before, now);
        });
        this.forwarding = ForwardRequest.method(name);
        this.batchStatus = BatchStatusQuery.method(name);
    }

    public final long now() {
        return replication.world().clock().nanos();
    }

    public final NodeReplication replication() {
        return replication;
    }

    /** The rules that the rounds of this store must keep to. */
    public final ConsensusRules rules() {
        return rules;
    }

    public final ConflictBackoff backoff() {
        return backoff;
    }

    public final StrongFailures failures() {
        return failures;
    }

    /** How replicas are asked for states. */
    public final StateRequests states() {
        return states;
    }

    /** The replicas that merge the operations of all nodes. */
    public final Homes homes() {
        return homes;
    }

    /**
     * The home that batches of a key are sent to; null if there is none at present, or this store
     * has none.
     */
    public final @Nullable NodeId homeOf(RecordKey key) {
        return hasHomes ? homes.of(key) : null;
    }

    /** How a home is sent the operations of another node. */
    public final RpcMethod<ForwardRequest, HomeAnswer> forwarding() {
        return forwarding;
    }

    /** How a home is asked for a batch that it has not answered. */
    public final RpcMethod<BatchStatusQuery, BatchStatus> batchStatus() {
        return batchStatus;
    }

    /** Whether that many bytes may be sent to another node at once. */
    public final boolean fits(long bytes) {
        return bytes <= Math.min(MAX_FORWARDED_BYTES, replication.node().maxPayloadBytes() / 2);
    }

    /** A ballot that was never used, above all that this node has seen. */
    public final Ballot nextBallot() {
        return rules.nextBallot(replication.ballotClock());
    }

    /** A ballot to be promised along with another one of this node, which it is above. */
    final Ballot nextBallotAfter(Ballot ballot) {
        BallotClock clock = replication.ballotClock();
        return clock.isBelow(ballot) ? clock.nextAbove(ballot) : nextBallot();
    }

    /** A timestamp above those of all batches of this node so far. */
    public final long nextTimestamp() {
        return rules.nextTimestamp(replication.ballotClock());
    }

    /** Has a user's function called, off the loop. */
    final void runUserCode(Runnable task) {
        userCode.execute(task);
    }
}
