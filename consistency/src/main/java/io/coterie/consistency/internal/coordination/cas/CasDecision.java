package io.coterie.consistency.internal.coordination.cas;

/** What to do about a record that was just read. */
sealed interface CasDecision {
    /** Nothing more: the record is as it is to be. */
    record Done() implements CasDecision {}

    /** Replace it by this, unless it has changed meanwhile. */
    record Write(byte[] next) implements CasDecision {}

    /**
     * Read another record, report its value to the decider, and decide anew about the same state.
     */
    record ReadOther(byte[] key) implements CasDecision {}

    /** Read again after a pause, which the loop draws, but not later than this. */
    record Wait(long atMostNanos) implements CasDecision {}
}
