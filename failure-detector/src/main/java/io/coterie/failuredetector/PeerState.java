package io.coterie.failuredetector;

/**
 * What a {@link FailureDetector} thinks of a peer. Declared in the order of preference: whoever has a choice asks a peer of
 * an earlier state first.
 *
 * <p>It is an opinion, and may be wrong either way: a peer that is up looks down while the network between is cut, and one
 * that has just died looks up. Prefer by it; never let safety rest on it.
 */
public enum PeerState {
    /** Heard of lately. */
    UP,
    /** Never heard of since the detector was started, or not watched by it. Nothing is known for or against the peer. */
    UNKNOWN,
    /** Silent for unusually long, or its connection was lost. Probably not there; ask others first. */
    SUSPECTED,
    /** Silent for so long that it should be counted as gone, until it is heard of again. */
    DOWN
}
