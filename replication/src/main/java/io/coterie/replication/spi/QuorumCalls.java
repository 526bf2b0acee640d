package io.coterie.replication.spi;

import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Requests to all replicas at once: what consistency policies are made of. {@code
 * ReplicationLoop} sends them.
 *
 * <p>A request goes to each replica, and again to those that do not answer, until its deadline: a
 * reading of {@code world().clock().nanos()}. A call costs one round trip where no replica fails.
 * Calls that begin in one turn of the loop share messages.
 *
 * <p><em>Threading:</em> to be called on the node's loop, where the collectors are called, too.
 */
public interface QuorumCalls {
    /** The replicas that a request asks which begins now. May be called by any thread. */
    Voters voters();

    /** Asks all replicas what they have accepted for a key. */
    QuorumCall read(RecordKey key, long deadline, ResponseCollector<ReadAnswer> collector);

    /**
     * Asks all replicas what they have accepted for a key, and one of them, the sender, for the
     * state. The others send the ballot {@linkplain ReadAnswer#isBallotAlone() without the state},
     * except for this node's own replica. {@link QuorumCall#askForState} gets the state from a
     * replica that has another ballot, or from any replica if the sender is silent.
     *
     * @param sender the replica that sends the state; null to get it from all
     */
    QuorumCall read(RecordKey key, @Nullable NodeId sender, long deadline, ResponseCollector<ReadAnswer> collector);

    /** Asks all replicas to promise that they accept no ballot below this one: phase 1 of Paxos. */
    QuorumCall prepare(RecordKey key, Ballot ballot, long deadline, ResponseCollector<PrepareAnswer> collector);

    /**
     * Asks for promises, and one replica alone for the state, as in {@link #read(RecordKey, NodeId,
     * long, ResponseCollector)}.
     */
    QuorumCall prepare(
            RecordKey key,
            Ballot ballot,
            @Nullable NodeId sender,
            long deadline,
            ResponseCollector<PrepareAnswer> collector);

    /**
     * Asks all replicas to accept a state: phase 2 of Paxos.
     *
     * @param ballot one that was never used with another state
     * @param state not to be changed afterwards
     * @param next a ballot to promise with the same request, or {@code ballot} again for none. A
     *     replica has promised it exactly if its answer has this promise in force
     */
    QuorumCall accept(
            RecordKey key,
            Ballot ballot,
            byte[] state,
            Ballot next,
            long deadline,
            ResponseCollector<AcceptAnswer> collector);

    /**
     * Asks all replicas to forget a deleted key. Only to be called once <em>all</em> replicas have
     * answered that they accepted this ballot with a tombstone, a state whose first byte is 0: a
     * replica that has not may have an older value, and bring it back. A replica that has accepted
     * something else since, or promised a ballot above the floor, leaves the key as it is.
     *
     * <p>Each answer is whether the replica no longer has anything accepted for the key.
     *
     * @param ballot the one that all replicas have accepted
     * @param floor from then on replicas accept no lower ballot for the store's absent keys. Its
     *     counter must be at least that of the ballot, and at least that of each batch that the
     *     tombstone's state remembers
     */
    QuorumCall remove(RecordKey key, Ballot ballot, Ballot floor, long deadline, ResponseCollector<Boolean> collector);

    /** Asks all replicas for the next keys of a store, and what they have accepted for them. */
    QuorumCall scan(ScanRequest request, long deadline, ResponseCollector<ScanAnswer> collector);

    /** Asks all replicas for the value of a key in an eventual store. */
    QuorumCall fetch(RecordKey key, long deadline, ResponseCollector<VersionedValue> collector);

    /**
     * Asks all replicas to keep a value of an eventual store unless they have a later one. Each
     * answer is the timestamp that the replica has afterwards.
     */
    QuorumCall merge(RecordKey key, VersionedValue value, long deadline, ResponseCollector<HlcTimestamp> collector);
}
