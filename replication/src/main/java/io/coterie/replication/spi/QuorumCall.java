package io.coterie.replication.spi;

import io.coterie.rpc.node.NodeId;
import java.util.Map;

/** A request in flight to all replicas. Only to be used on the loop. */
public interface QuorumCall {
    /**
     * Ends the call: nothing is sent again, and no more answers are handed over. A request that was
     * sent may still take effect.
     */
    void cancel();

    /**
     * Asks a replica once more, and for the state as well, where another replica was named to send
     * it. Its next answer is handed over as if it were its first. Does nothing if the replica was
     * asked for the state before, or if the call has ended.
     */
    void askForState(NodeId replica);

    /**
     * A bit for each of the {@linkplain Voters voters} that refused the request for overload when it
     * was last asked, or had too much in flight on the connection to it.
     */
    long overloaded();

    /**
     * Whether a replica may have executed the request without an answer, or may still execute it:
     * it was asked, and has neither answered nor refused. The answers themselves report what
     * the others did.
     */
    boolean maybeExecuted();

    /** What each replica has answered so far, as a human-readable text. */
    Map<NodeId, String> said();
}
