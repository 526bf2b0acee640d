package io.coterie.consistency.internal.wire;

/** The answer of a home about a batch. */
public enum BatchStatus {
    /** The home works on the batch, and a majority has answered the home recently. */
    IN_PROGRESS,
    /** The home would do it, but a majority has not answered for a while. */
    STALLED,
    /** The home does not have it, or no longer. */
    UNKNOWN
}
