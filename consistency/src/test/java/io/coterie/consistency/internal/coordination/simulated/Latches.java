package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.ledger.LatchLedger;
import io.coterie.consistency.internal.coordination.ledger.Violations;
import java.util.ArrayList;
import java.util.List;

/** One latch after the other, each for all participants. */
final class Latches {
    private final Violations violations;
    private final int count;
    private final List<LatchLedger> ledgers = new ArrayList<>();

    Latches(Violations violations, int count) {
        this.violations = violations;
        this.count = count;
    }

    LatchLedger get(int generation) {
        while (ledgers.size() <= generation) {
            ledgers.add(new LatchLedger(violations, "latch" + ledgers.size(), count));
        }
        return ledgers.get(generation);
    }

    /** The last one that anyone has come to. */
    int latest() {
        return Math.max(ledgers.size() - 1, 0);
    }
}
