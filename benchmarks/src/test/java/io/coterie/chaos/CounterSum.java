package io.coterie.chaos;

import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import java.util.List;

/**
 * The sum of the steps of one counter.
 *
 * @param acknowledged the sum of the steps that were certainly taken
 * @param unknown the sum of the steps that may have been taken
 * @param found the highest value that anyone saw
 */
record CounterSum(long acknowledged, long unknown, long found) {
    static CounterSum of(List<Operation> operations) {
        long acknowledged = 0;
        long unknown = 0;
        long found = 0;
        for (Operation operation : operations) {
            if (operation.op() instanceof Op.AddAndGet add && operation.outcome() != Outcome.FAILED) {
                acknowledged += operation.outcome() == Outcome.OK ? add.delta() : 0;
                unknown += operation.outcome() == Outcome.UNKNOWN ? add.delta() : 0;
            }
            if (operation.result() != null) {
                found = Math.max(found, Long.parseLong(operation.result()));
            }
        }
        return new CounterSum(acknowledged, unknown, found);
    }

    /** Whether no acknowledged step is missing and none was taken twice, as far as can be known. */
    boolean isRight() {
        return found >= acknowledged && found <= acknowledged + unknown;
    }
}
