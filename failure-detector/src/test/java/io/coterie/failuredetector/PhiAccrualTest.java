package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PhiAccrualTest {
    private static final long MILLISECOND = 1_000_000;

    private final PhiAccrualEstimator estimator = FailureDetection.phiAccrual().newEstimator();

    @Test
    void phiNeverFallsWhileSilenceGrows() {
        steady(2_000);
        double last = -1;
        for (long silence = 0; silence < 60_000 * MILLISECOND; silence += MILLISECOND) {
            double phi = estimator.phi(silence);
            assertTrue(phi >= last, () -> "phi fell below " + phi);
            last = phi;
        }
        assertTrue(last > 1_000_000);
    }

    @Test
    void phiIsTheTailOfTheNormalDistribution() {
        steady(2_000);
        long middle = 500 * MILLISECOND;
        assertEquals(-Math.log10(0.5), estimator.phi(middle), 1e-6);
        assertEquals(-Math.log10(0.158655), estimator.phi(middle + 100 * MILLISECOND), 1e-3);
        assertEquals(-Math.log10(0.022750), estimator.phi(middle + 200 * MILLISECOND), 1e-2);
    }

    @Test
    void aSteadyPeerIsSuspectedAndDownWhenTheDocumentationSaysSo() {
        steady(2_000);
        assertReached(PeerState.SUSPECTED, 1_020);
        assertReached(PeerState.DOWN, 1_210);
    }

    @Test
    void theFactorsOfTheDocumentationHold() {
        steady(2_000);
        double[][] phiAndFactor = {{1, 1.3}, {2, 2.3}, {4, 3.6}, {8, 5.2}, {12, 6.3}, {16, 7.1}};
        for (double[] pair : phiAndFactor) {
            assertTrue(
                    estimator.phi((long) ((500 + 100 * (pair[1] - 0.06)) * MILLISECOND)) < pair[0], "phi " + pair[0]);
            assertTrue(
                    estimator.phi((long) ((500 + 100 * (pair[1] + 0.06)) * MILLISECOND)) > pair[0], "phi " + pair[0]);
        }
    }

    @Test
    void theFirstSilenceIsMeasuredByTheConfiguredInterval() {
        assertReached(PeerState.SUSPECTED, 1_020);
    }

    @Test
    void aJitteryPeerIsGivenMoreTimeThanASteadyOne() {
        steady(2_000);
        long steady = firstMillis(PeerState.SUSPECTED);
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            estimator.interArrival(random.nextInt(600) * MILLISECOND);
        }
        assertTrue(firstMillis(PeerState.SUSPECTED) > steady + 300);
    }

    @Test
    void aPeerThatBecomesSteadyIsJudgedAsSteady() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            estimator.interArrival(random.nextInt(600) * MILLISECOND);
        }
        steady(1_000);
        assertReached(PeerState.SUSPECTED, 1_020);
    }

    @Test
    void aStopIsNotLearnedAsRhythm() {
        steady(50);
        long before = firstMillis(PeerState.DOWN);
        for (int i = 0; i < 100; i++) {
            estimator.interArrival(3_600_000 * MILLISECOND);
            steady(20);
        }
        assertEquals(before, firstMillis(PeerState.DOWN));
    }

    @Test
    void aPeerThatIsSlowForGoodIsSuspectedThreeTimesAndThenNoLonger() {
        steady(1_000);
        assertEquals(3, suspicions(600, 2_000));
        assertReached(PeerState.SUSPECTED, 2_920);
    }

    @Test
    void aPeerThatIsSlowNowAndThenIsNotSuspectedForEver() {
        steady(1_000);
        assertTrue(suspicions(600, 2_000, 100, 100) <= 6);
    }

    @Test
    void aPeerThatIsFastAgainIsJudgedAsBefore() {
        suspicions(600, 2_000);
        steady(1_000);
        assertReached(PeerState.SUSPECTED, 1_020);
    }

    @Test
    void aFewEqualTimesDoNotMakeTheFirstLostHeartbeatAFailure() {
        PhiAccrualEstimator strict = strict();
        for (int i = 0; i < 3; i++) {
            strict.interArrival(100 * MILLISECOND);
        }
        assertEquals(PeerState.UP, strict.verdict(200 * MILLISECOND));
    }

    @Test
    void theFirstHeartbeatsMayBeLate() {
        assertEquals(PeerState.UP, strict().verdict(300 * MILLISECOND));
    }

    @Test
    void aBurstOfLateArrivalsDelaysTheNextDetectionByLittle() {
        steady(20);
        estimator.interArrival(900 * MILLISECOND);
        for (int i = 0; i < 8; i++) {
            estimator.interArrival(0);
        }
        assertReached(PeerState.SUSPECTED, 1_037);
    }

    @Test
    void theExponentialModelMeasuresSilenceInMeanTimes() {
        PhiAccrualEstimator exponential = FailureDetection.phiAccrual()
                .withModel(PhiAccrual.Model.EXPONENTIAL)
                .newEstimator();
        assertEquals(0, exponential.phi(300 * MILLISECOND));
        assertEquals(1, exponential.phi(400 * MILLISECOND + 230_258_509), 1e-6);
        for (int i = 0; i < 1_000; i++) {
            exponential.interArrival(150 * MILLISECOND);
        }
        assertEquals(1, exponential.phi(400 * MILLISECOND + 345_387_764), 1e-6);
    }

    @Test
    void aForgottenRhythmLeavesNoTrace() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            estimator.interArrival(random.nextInt(600) * MILLISECOND);
        }
        estimator.forget();
        assertReached(PeerState.SUSPECTED, 1_020);
    }

    @Test
    void theAcceptablePauseAddsToTheTimeAsItIs() {
        PhiAccrualEstimator patient = FailureDetection.phiAccrual()
                .withAcceptablePause(Duration.ofMillis(1_400))
                .newEstimator();
        for (long silence = 0; silence < 3_000; silence++) {
            assertEquals(estimator.verdict(silence * MILLISECOND), patient.verdict((silence + 1_000) * MILLISECOND));
        }
    }

    /** Gives those times in turn, and counts those that were long enough for a suspicion. */
    private int suspicions(int heartbeats, long... millis) {
        int suspicions = 0;
        for (int i = 0; i < heartbeats; i++) {
            long gap = millis[i % millis.length] * MILLISECOND;
            if (estimator.verdict(gap) != PeerState.UP) {
                suspicions++;
            }
            estimator.interArrival(gap);
        }
        return suspicions;
    }

    /** Allows for nothing but what was observed. */
    private static PhiAccrualEstimator strict() {
        return FailureDetection.phiAccrual()
                .withAcceptablePause(Duration.ZERO)
                .withMinimumDeviation(Duration.ofMillis(1))
                .newEstimator();
    }

    private void steady(int heartbeats) {
        for (int i = 0; i < heartbeats; i++) {
            estimator.interArrival(100 * MILLISECOND);
        }
    }

    private void assertReached(PeerState state, long afterMillis) {
        long found = firstMillis(state);
        assertTrue(Math.abs(found - afterMillis) <= 5, () -> state + " after " + found + " ms, not " + afterMillis);
    }

    private long firstMillis(PeerState state) {
        long millis = 0;
        while (estimator.verdict(millis * MILLISECOND).compareTo(state) < 0) {
            millis++;
        }
        return millis;
    }
}
