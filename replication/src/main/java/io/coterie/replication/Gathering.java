package io.coterie.replication;

import io.coterie.rpc.NodeId;

/**
 * Collects the answers to one request that went to all replicas. Called on the loop.
 *
 * @param <A> an answer
 */
public interface Gathering<A> {
    /**
     * A replica answered; at most once each, and once more where it was {@linkplain
     * QuorumCall#askForState asked for the state}.
     *
     * @return whether enough is known: then nothing is sent again and no further answer is handed
     *     over. A gathering may have told its caller long before that, and wait for the rest only
     *     to repair or to spread
     */
    boolean onAnswer(NodeId replica, A answer);

    /**
     * The replica could not be asked, or did not answer in time; it is asked again if {@link
     * #asksAgain} says so.
     *
     * @param problem for people
     */
    default void onProblem(NodeId replica, String problem) {}

    /**
     * Whether a replica that could not be asked, or did not answer, is asked again. By default as
     * long as the call lasts.
     *
     * @param failures how often it failed so far, 1 or more
     */
    default boolean asksAgain(NodeId replica, int failures) {
        return true;
    }

    /**
     * The replica refused a stamp, ballot or floor that is too far ahead of its clock, and did
     * nothing; it is not asked again.
     */
    default void onClockAhead(NodeId replica, String problem) {}

    /**
     * The request, or the replica's answer, is over the limit of messages of this node or of the
     * replica. It is asked again, as after a problem, but no better is to be expected.
     *
     * @param problem what is wrong, and what to do
     */
    default void onTooLarge(NodeId replica, String problem) {}

    /** The replica has the store recorded under another policy; it is not asked again. */
    default void onOtherPolicy(NodeId replica, String problem) {}

    /**
     * The replica was given other replicas than this node; it is asked again, as after a problem.
     */
    default void onOtherReplicas(NodeId replica, String problem) {}
}
