package io.coterie.replication;

import io.coterie.rpc.NodeId;

/**
 * Collects the answers to one request that went to all replicas. Called on the loop.
 *
 * @param <A> an answer
 */
public interface Gathering<A> {
    /**
     * A replica answered; at most once each.
     *
     * @return whether enough is known: then nothing is sent again and no further answer is handed over. A gathering may
     *     have told its caller long before that, and wait for the rest only to repair or to spread
     */
    boolean onAnswer(NodeId replica, A answer);

    /**
     * The replica could not be asked, or did not answer in time; it is asked again while the call lasts.
     *
     * @param problem for people
     */
    default void onProblem(NodeId replica, String problem) {}

    /** The replica has the store recorded under another policy; it is not asked again. */
    default void onOtherPolicy(NodeId replica, String problem) {}
}
