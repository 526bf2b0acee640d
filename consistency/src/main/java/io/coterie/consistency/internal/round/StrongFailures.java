package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.quorum.Connections;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How operations of a strong store end that cannot be done: each exception has whether the
 * operation may have been applied, and what each replica answered.
 */
public final class StrongFailures {
    private final String storeName;
    private final long store;
    private final NodeReplication replication;
    private final ConsensusRules rules;
    private final Connections.Threshold connected;

    StrongFailures(
            StoreSpec store, NodeReplication replication, ConsensusRules rules, Connections.Threshold connected) {
        this.storeName = store.name();
        this.store = store.id();
        this.replication = replication;
        this.rules = rules;
        this.connected = connected;
    }

    /** The operation and its store, for human-readable texts. */
    public String describe(StrongOperation operation) {
        return "store \"" + storeName + "\": " + operation.name();
    }

    /** The operation was not begun, as no majority is connected. */
    public RuntimeException notBegun(StrongOperation operation) {
        return unfinished(
                operation, "was not begun: " + StoreRefusals.tooFew(replication, store), replication.connections());
    }

    /** The time of an operation is over that no round took. */
    public RuntimeException expired(StrongOperation operation) {
        return connected.isReached()
                ? unfinished(operation, "waited in vain for another node to change the key", nobodyAsked())
                : notBegun(operation);
    }

    /** The answers of replicas to an operation that none of them was asked for. */
    Map<NodeId, String> nobodyAsked() {
        Map<NodeId, String> said = new LinkedHashMap<>();
        replication.replicas().forEach(replica -> said.put(replica, "not asked"));
        return said;
    }

    /**
     * Too many replicas refused the operation until its time was over, and it was sent to nobody
     * else.
     */
    RuntimeException overloaded(StrongOperation operation, Map<NodeId, String> said) {
        return OverloadedException.ofReplicas(
                describe(operation) + " was refused by too many replicas until its time was over; not applied,"
                        + " trying again later is safe. Send less at once.",
                said);
    }

    /** The operation's value is over the limit of this node, or of too many replicas. */
    RuntimeException tooLarge(StrongOperation operation, Map<NodeId, String> said) {
        String what = describe(operation) + " " + StoreRefusals.TOO_LARGE;
        return operation.mayBeApplied()
                ? new OutcomeUnknownException(what, said)
                : new MessageTooLargeException(what + "; not applied. Replicas: " + said, false);
    }

    /** The operation's ballot is too far ahead for too many replicas, by their clocks. */
    RuntimeException tooFarAhead(StrongOperation operation, Map<NodeId, String> said) {
        return unfinished(
                operation,
                "was refused by so many replicas that the others are no majority, as their clocks and this node's differ: set the"
                        + " clocks that are wrong, by NTP for instance; if they are right, stop the cluster and free the key by"
                        + " io.coterie.consistency.RepairBallots",
                said);
    }

    /** The operation cannot be brought to its end. */
    RuntimeException unfinished(StrongOperation operation, String why, Map<NodeId, String> said) {
        String what = describe(operation) + " " + why;
        return rules.mayBeApplied(operation)
                ? new OutcomeUnknownException(what, said)
                : new QuorumUnavailableException(what, said);
    }
}
