package io.coterie.consistency;

import io.coterie.replication.quorums.QuorumSystem;

/** The policy of strong stores, with majorities as quorums. Immutable. */
public interface StrongConsistency extends ConsistencyPolicy {
    /**
     * The same promise with other quorums (Howard, Malkhi, Spiegelman, Flexible Paxos, 2016). Who
     * changes a key learns its state from a prepare quorum, and has the new state accepted by an
     * accept quorum. Each prepare quorum must share a member with each accept quorum. Two quorums of
     * the same system need not.
     *
     * <p>Reads, writes and scans need one quorum of each kind to be available. All members are asked,
     * and nobody waits for more answers than are needed. A change takes one round trip only where
     * the first answers to the change before it had a prepare quorum among them; otherwise two.
     *
     * <p>Replicas record the systems with the store, as they record its policy. So each node opens it
     * with the same. The systems must be defined for the members: a change of the members for which
     * they are not is refused.
     *
     * @param prepare answers prepares and reads
     * @param accept accepts states
     * @return a policy of its own
     * @throws IllegalArgumentException if a quorum of one shares no member with one of the other. The
     *     text names both. Where that depends on the number of members, opening a store throws it
     */
    ConsistencyPolicy quorums(QuorumSystem prepare, QuorumSystem accept);
}
