package io.coterie.consistency.internal.coordination.cas;

import io.coterie.consistency.internal.coordination.node.Floor;

/** What to do about a record that was just read. */
sealed interface CasDecision {
    /** Nothing more: the record is as it is to be. */
    record Done() implements CasDecision {}

    /** Replace it by this, unless it has changed meanwhile. */
    record Write(byte[] next) implements CasDecision {}

    /** Read the {@link Floor}, and decide anew about the same record. */
    record ReadFloor() implements CasDecision {}

    /** Look again after a while, which the attempt draws, but not later than this. */
    record Wait(long atMostNanos) implements CasDecision {}
}
