package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FixedTimeoutTest {
    private final Estimator estimator =
            FailureDetection.fixedTimeout(Duration.ofSeconds(1)).newEstimator();

    @Test
    void aPeerIsSuspectedFromHalfOfTheTimeoutOnToTheNanosecond() {
        assertEquals(PeerState.UP, estimator.verdict(499_999_999));
        assertEquals(PeerState.SUSPECTED, estimator.verdict(500_000_000));
    }

    @Test
    void aPeerIsDownFromTheTimeoutOnToTheNanosecond() {
        assertEquals(PeerState.SUSPECTED, estimator.verdict(999_999_999));
        assertEquals(PeerState.DOWN, estimator.verdict(1_000_000_000));
    }

    @Test
    void theRhythmOfAPeerChangesNothing() {
        estimator.interArrival(400_000_000);
        estimator.interArrival(1);
        assertEquals(PeerState.SUSPECTED, estimator.verdict(999_999_999));
        assertEquals(PeerState.DOWN, estimator.verdict(1_000_000_000));
    }
}
