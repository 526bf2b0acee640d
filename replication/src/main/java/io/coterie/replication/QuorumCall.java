package io.coterie.replication;

import io.coterie.rpc.NodeId;
import java.util.Map;

/** A request on its way to all replicas. Only to be used on the loop. */
public interface QuorumCall {
    /** Sends nothing again and hands over no more answers. What was sent may still take effect. */
    void cancel();

    /**
     * Asks a replica once more, for the same and for the state as well, where another was named to
     * send it. Its next answer is handed over as if it were its first. Does nothing if it was asked
     * for that before, or if the call is over.
     */
    void askForState(NodeId replica);

    /**
     * How many replicas turned the request away when they were asked last, as they, or the way to
     * them, had too much to do.
     */
    int overloaded();

    /**
     * Whether a replica may have done what it was asked, or still may: it was asked and has neither
     * answered nor refused. What those that answered did is in their answers.
     */
    boolean maybeExecuted();

    /** What each replica said so far, as text. */
    Map<NodeId, String> said();
}
