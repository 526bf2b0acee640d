package io.coterie.consistency.internal.wire;

/** What a home answers about a batch. */
public enum BatchStatus {
    /** The home is at it, and a majority has answered it of late. */
    IN_PROGRESS,
    /** The home would do it, but a majority has not answered for a while. */
    STALLED,
    /** The home does not have it, or no longer. */
    UNKNOWN
}
