package io.coterie.consistency.simulated.checks;

import io.coterie.rpc.error.CoterieException;
import io.coterie.simulation.history.HistoryRecorder;

/** What a failure proves about an operation, for histories: whether it may have been applied. */
public final class FailedCalls {
    private FailedCalls() {}

    public static void record(HistoryRecorder.Call call, Throwable error) {
        FailureTexts.note(error);
        if (error instanceof CoterieException failure && !failure.maybeExecuted()) {
            call.failed();
        } else {
            call.unknown();
        }
    }
}
