package io.coterie.consistency;

import io.coterie.replication.quorums.QuorumSystem;

/**
 * The policy of eventual stores. By default one replica is enough to read, and one to write.
 * Immutable. Each node may open a store with quorums of its own, as they bind this node alone. At one
 * node a store has one policy.
 *
 * <p>A write is acknowledged once a write quorum has it. It is lost only if all of that quorum lose
 * their records before another replica has it. If a write quorum does not answer in time, the write
 * ends as unknown: some replicas may have it, and the others get it later.
 *
 * <p>A read returns the value with the highest timestamp that a read quorum has. If each read quorum
 * shares a replica with each write quorum, a read sees each write that was acknowledged before it
 * began, or one with a higher timestamp. Otherwise it may miss it. In both cases two reads may see
 * a write that is in flight and then not.
 *
 * <p>Both systems must be defined for the members. While the members change, a quorum is one of the
 * members before and of those after.
 */
public interface EventualConsistency extends ConsistencyPolicy {
    /**
     * The same policy with reads that need that quorum.
     *
     * @return a policy of its own
     */
    EventualConsistency read(QuorumSystem quorums);

    /**
     * The same policy with writes that need that quorum.
     *
     * @return a policy of its own
     */
    EventualConsistency write(QuorumSystem quorums);

    /**
     * The same policy with reads that need that many replicas.
     *
     * @param replicas 1 to the number of members; default 1. A store cannot be opened with more
     * @throws IllegalArgumentException if it is below 1 or above 64
     */
    default EventualConsistency read(int replicas) {
        return read(QuorumSystem.atLeast(replicas));
    }

    /**
     * The same policy with writes that need that many replicas.
     *
     * @param replicas as for {@link #read(int)}
     * @throws IllegalArgumentException if it is below 1 or above 64
     */
    default EventualConsistency write(int replicas) {
        return write(QuorumSystem.atLeast(replicas));
    }
}
