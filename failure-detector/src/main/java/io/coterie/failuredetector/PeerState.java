package io.coterie.failuredetector;

/**
 * The opinion that a {@link FailureDetector} has of a peer. Declared in the order of preference:
 * where there is a choice, ask a peer of an earlier state first. It is about the process that has
 * the peer's name now: one that was started again begins anew.
 *
 * <p>A later version may add a state, so a {@code switch} should have a {@code default}.
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
    /**
     * Messages of the peer arrive here, but it reports that it has heard nothing of this node for so
     * long that it takes it for down. The link works in one direction. A request to the peer most
     * likely gets lost.
     */
    ONE_WAY,
    /**
     * The peer is silent for so long that it would count as down, but another peer of this node has
     * heard it since. So it is most likely alive, and the link from it to this node is at fault. A
     * request to it most likely gets no answer.
     */
    UNREACHABLE_FROM_HERE,
    /**
     * The peer is silent for so long that it counts as gone, until a message arrives from it. None of
     * the peers that were asked has heard it in that time; perhaps there was none to ask.
     */
    DOWN,
    /**
     * The peer has said that it ends: its node was closed. This is no failure. It lasts until a
     * later start of the peer is heard.
     */
    CLOSED;

    /**
     * Whether nothing comes from the peer to this node now: {@link #UNREACHABLE_FROM_HERE}, {@link
     * #DOWN} and {@link #CLOSED}.
     */
    public boolean isGone() {
        return this == UNREACHABLE_FROM_HERE || this == DOWN || this == CLOSED;
    }
}
