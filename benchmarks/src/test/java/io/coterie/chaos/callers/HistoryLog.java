package io.coterie.chaos.callers;

import io.coterie.simulation.history.Operation;

/** Is told of the operations of callers who do one at a time. Safe for use by any thread. */
interface HistoryLog {
    /** A caller is about to ask. To be written where it outlives this process before the request leaves. */
    void invoked(Operation operation);

    /** The same operation, as it ended. */
    void returned(Operation operation);
}
