package io.coterie.consistency.internal.coordination.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.simulation.Simulation;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatchLedgerTest {
    private final Violations violations = new Violations(Simulation.create(1));
    private final LatchLedger ledger = new LatchLedger(violations, "latch0", 2);

    @Test
    void aLatchMayBeSeenOpenThoughOneWasNotToldThatItCounts() {
        count();

        ledger.told("c0", 0, ledger.mostMissing());

        assertEquals(List.of(), violations.found());
    }

    @Test
    void aLatchThatIsSeenClosedAfterItWasSeenOpenIsAViolation() {
        count();
        ledger.told("c0", 0, ledger.mostMissing());

        ledger.told("c1", 1, ledger.mostMissing());

        assertEquals(
                List.of("PT0S: latch0: c1 was told that 1 are missing when at most 0 could be"), violations.found());
    }

    /** One of two counts and is told so, the other one waits for an answer. */
    private void count() {
        ledger.began("r0");
        ledger.began("r1");
        ledger.done("r0");
    }
}
