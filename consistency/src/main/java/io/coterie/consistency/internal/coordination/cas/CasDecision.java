package io.coterie.consistency.internal.coordination.cas;

/** The decision about a record that was just read. */
public sealed interface CasDecision {
    /** Nothing more: the record is as it is to be. */
    public record Done() implements CasDecision {}

    /** Replace it by this, unless it has changed meanwhile. */
    public record Write(byte[] next) implements CasDecision {}

    /**
     * Read another record, report its value to the decider, and decide anew about the same state.
     */
    public record ReadOther(byte[] key) implements CasDecision {}

    /** Read again after a pause, which the loop draws, but not later than this. */
    public record Wait(long atMostNanos) implements CasDecision {}
}
