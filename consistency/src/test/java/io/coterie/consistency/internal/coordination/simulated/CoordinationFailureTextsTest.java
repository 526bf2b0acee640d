package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.simulated.checks.FailureTexts;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What acquisitions, latches and counters fail with agrees with what it lists of the replicas. */
class CoordinationFailureTextsTest {
    private static final int SEEDS = 30;

    @BeforeEach
    void forget() {
        FailureTexts.clear();
    }

    @Test
    void noFailureOfCoordinationContradictsItself() {
        LongStream.rangeClosed(1, SEEDS).parallel().forEach(seed -> new CoordinationRun(seed, new LeaseRules()));
        FailureTexts.check("met no majority in time");
    }
}
