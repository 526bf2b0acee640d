package io.coterie.failuredetector;

/**
 * The opinion that a {@link FailureDetector} has of a peer. Declared in the order of preference:
 * where there is a choice, ask a peer of an earlier state first.
 *
 * <p>An opinion may be wrong either way. A peer that is up looks down while the network between is
 * cut, and a peer that has just died looks up. Use it to choose; never let safety depend on it.
 */
public enum PeerState {
    /** A message from the peer arrived a short time ago. */
    UP,
    /**
     * Nothing has arrived from the peer since the detector was started, or the detector does not
     * watch it.
     */
    UNKNOWN,
    /** The peer is silent for unusually long, or its connection was lost. Ask others first. */
    SUSPECTED,
    /** The peer is silent for so long that it counts as gone, until a message arrives from it. */
    DOWN
}
