package io.coterie.replication.spi;

import io.coterie.rpc.node.NodeId;

/**
 * Collects the answers to one request that went to all replicas. It is called on the loop, and must
 * not block.
 *
 * @param <A> an answer
 */
public interface ResponseCollector<A> {
    /**
     * A replica answered; at most once each, and once more where it was {@linkplain
     * QuorumCall#askForState asked for the state}.
     *
     * @return whether enough is known: then nothing is sent again and no further answer is handed
     *     over. A collector may have completed its caller's operation long before that, and wait
     *     for the rest only to repair or to spread a value
     */
    boolean onAnswer(NodeId replica, A answer);

    /**
     * The request to the replica failed, or the replica did not answer in time. It is asked again
     * if {@link #asksAgain} returns true.
     *
     * @param problem what went wrong, as a human-readable text
     */
    default void onProblem(NodeId replica, String problem) {}

    /**
     * Whether a replica is asked again after a problem. By default it is, until the deadline of the
     * call.
     *
     * @param failures how often requests to this replica have failed so far, 1 or more
     */
    default boolean asksAgain(NodeId replica, int failures) {
        return true;
    }

    /**
     * The replica refused a timestamp, ballot or floor that is too far ahead of its clock. It did
     * nothing, and is not asked again.
     */
    default void onClockAhead(NodeId replica, String problem) {}

    /**
     * The request or the answer exceeds the message limit of this node or of the replica. The
     * replica is asked again, as after a problem, but the result will probably be the same.
     *
     * @param problem what is wrong, and what to do
     */
    default void onTooLarge(NodeId replica, String problem) {}

    /** The replica has recorded the store under another policy. It is not asked again. */
    default void onOtherPolicy(NodeId replica, String problem) {}

    /**
     * The {@linkplain QuorumCalls#voters voters} are others now. The call has ended: nothing is sent
     * again, and no further answer is handed over. Nothing that was answered before counts for a
     * quorum of the new voters. Who still needs an answer makes a new call. Called once, in a later
     * turn of the loop than the change, unless the call was cancelled meanwhile.
     *
     * <p>By default nothing is done: an operation that waits for answers ends at its deadline.
     */
    default void onVotersChanged() {}
}
