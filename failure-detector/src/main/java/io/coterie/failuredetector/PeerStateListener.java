package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;

/**
 * Receives each change of a peer's state.
 *
 * <p>Called by the executor that it was {@linkplain FailureDetector#addListener added} with, one call
 * at a time. An exception is logged and does not stop the detector, but the listener has missed that
 * change.
 */
@FunctionalInterface
public interface PeerStateListener {
    /**
     * The state changed. Called once for each change, in the order of the changes.
     *
     * @param peer the peer whose state changed; never the node itself
     * @param before what the previous call for this peer gave as {@code now}; {@link
     *     PeerState#UNKNOWN} in the first, and in the first after the peer was {@linkplain
     *     FailureDetector#unwatch no longer watched} for a while
     * @param now never the same as {@code before}
     */
    void onChange(NodeId peer, PeerState before, PeerState now);
}
