package io.coterie.consistency.internal.coordination.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.simulation.Simulation;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatchLedgerTest {
    private final Violations violations = new Violations(Simulation.create(1));
    private final LatchLedger ledger = new LatchLedger(violations, "latch0", 2);

    @Test
    void aLatchMayBeSeenOpenThoughOneDoesNotKnowThatItCounts() {
        count();

        ledger.answered("c0", 0, ledger.mostMissing());

        assertEquals(List.of(), violations.found());
    }

    @Test
    void aLatchThatIsSeenClosedAfterItWasSeenOpenIsAViolation() {
        count();
        ledger.answered("c0", 0, ledger.mostMissing());

        ledger.answered("c1", 1, ledger.mostMissing());

        assertEquals(
                List.of("PT0S: latch0: c1 was answered that 1 are missing when at most 0 could be"),
                violations.found());
    }

    /** One of two counts and gets the answer, the other one waits for its own. */
    private void count() {
        ledger.began("r0");
        ledger.began("r1");
        ledger.done("r0");
    }
}
