package io.coterie.replication;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.spi.QuorumCalls;
import io.coterie.replication.spi.ReplicaConnections;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in replication as the code on its loop sees it: all that the loop alone may call.
 * What any thread may call is in {@link Replication}, which hands this out.
 *
 * <p>A policy sends its requests by the methods of {@link QuorumCalls}, and lets no operation begin
 * in vain by those of {@link ReplicaConnections}. Whoever runs stores opens them here. Collectors
 * and listeners are called on the loop.
 *
 * <p>Only this module implements it.
 */
public interface ReplicationLoop extends QuorumCalls, ReplicaConnections {
    /**
     * The clock from which this node's ballots are made. It follows the ballots of other nodes as
     * far as it trusts them.
     */
    BallotClock ballotClock();

    /**
     * The clock from which this node's timestamps are made. It is not the clock of ballots, which
     * may be further ahead: replicas would refuse the eventual writes of a node that has followed
     * the ballots of another one.
     */
    HlcClock hlcClock();

    /**
     * A random number that stands for this start of the process, so that no two ballots or
     * timestamps are ever the same. It changes when the clock of ballots {@linkplain
     * BallotClock#startOver starts over}.
     */
    long writer();

    /**
     * What is wrong with this node's wall clock, compared with a majority of the replicas, and what
     * to do; null if no problem is known. While there is one, replicas lose or refuse this node's
     * writes to eventual stores.
     */
    @Nullable
    String clockProblem();

    /**
     * Compares this node's wall clock with those of the replicas, because a timestamp suggests that
     * a clock is wrong. Costs a message to each replica, at most once in a few seconds.
     */
    void suspectClocks();

    /**
     * Opens a store: asks the replicas to record it with its policy. They are asked until all have
     * confirmed it, or this node closes, because a replica may start long after this node.
     *
     * <p>A replica records up to 10,000 stores. While it runs, it records up to 5,000 new stores
     * from one node: 1,000 at once, and one every 10 ms after that. This node asks again for a
     * store that it requested too soon.
     *
     * @param needed how many replicas must confirm the store before it is open, 1 or more
     * @param onChange called on the loop when the store is open, when it is refused, and when it is
     *     no longer refused; maybe before this returns
     */
    Opening openStore(StoreSpec store, int needed, Consumer<Opening> onChange);

    /**
     * The store that this node's replica has recorded under a number; null if there is none, or if
     * this node is no replica.
     */
    @Nullable
    StoreSpec recordedStore(long id);

    /**
     * How many records this node's replica keeps, including deleted keys that are not collected
     * yet; 0 if this node is no replica.
     */
    int localRecords();

    /**
     * A failure detector considers a replica down, although its connection has not ended. The
     * replica counts as not connected until something arrives from it, and is not asked first for
     * anything. A wrong suspicion costs time, never safety.
     */
    void onSilence(NodeId silent);

    /**
     * Whether {@link #onSilence} was called for a replica, and nothing has arrived from it since. An
     * opinion, to choose whom to ask first; never let safety depend on it.
     */
    boolean isSilent(NodeId replica);
}
