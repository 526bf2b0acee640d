package io.coterie.chaos.callers;

import io.coterie.simulation.history.Operation;

/**
 * Records the operations of callers, each of whom does one at a time. Safe for use by any thread.
 */
interface HistoryLog {
    /**
     * Records that a caller is about to ask. The record must outlive this process before the
     * request leaves.
     */
    void invoked(Operation operation);

    /** Records how the operation ended. */
    void returned(Operation operation);
}
