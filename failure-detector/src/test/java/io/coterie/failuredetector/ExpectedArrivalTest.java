package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpectedArrivalTest {
    private static final long MILLISECOND = 1_000_000;

    private final Estimator one =
            ExpectedArrival.oneWindow(Duration.ofSeconds(1)).newEstimator();
    private final Estimator two =
            ExpectedArrival.twoWindows(Duration.ofSeconds(1)).newEstimator();

    @Test
    void aPeerIsSuspectedHalfAMarginAndDownAWholeMarginAfterTheNextArrivalIsDue() {
        for (Estimator estimator : new Estimator[] {one, two}) {
            give(estimator, 2_000, 100);
            assertEquals(600, firstMillis(estimator, PeerState.SUSPECTED), 0.1);
            assertEquals(1_100, firstMillis(estimator, PeerState.DOWN), 0.1);
        }
    }

    @Test
    void theFirstSilenceIsMeasuredByTheConfiguredInterval() {
        assertEquals(600, firstMillis(one, PeerState.SUSPECTED), 0.1);
        assertEquals(600, firstMillis(two, PeerState.SUSPECTED), 0.1);
    }

    @Test
    void aLateArrivalLeavesLessTimeForTheNextUnlessThereAreTwoWindows() {
        for (Estimator estimator : new Estimator[] {one, two}) {
            give(estimator, 2_000, 100);
            give(estimator, 1, 140);
        }
        assertEquals(560, firstMillis(one, PeerState.SUSPECTED), 1);
        assertEquals(600, firstMillis(two, PeerState.SUSPECTED), 1);
    }

    @Test
    void anEarlyArrivalIsNotFollowedByAnEarlySuspicion() {
        for (Estimator estimator : new Estimator[] {one, two}) {
            give(estimator, 2_000, 100);
            give(estimator, 1, 60);
            assertEquals(640, firstMillis(estimator, PeerState.SUSPECTED), 1);
        }
    }

    @Test
    void aPeerThatCountsItsIntervalFromItsLastHeartbeatIsFollowed() {
        give(one, 20_000, 103);
        assertEquals(603, firstMillis(one, PeerState.SUSPECTED), 1);
    }

    @Test
    void lostHeartbeatsShiftNothing() {
        for (int i = 0; i < 500; i++) {
            give(one, 1, 100, 200, 100, 300);
        }
        assertEquals(600, firstMillis(one, PeerState.SUSPECTED), 1);
    }

    @Test
    void aBurstOfLateArrivalsShiftsNothing() {
        give(two, 20, 100);
        give(two, 1, 400, 0, 0, 0, 100);
        assertEquals(600, firstMillis(two, PeerState.SUSPECTED), 1);
    }

    @Test
    void aPeerThatIsSlowForGoodIsSuspectedThreeTimesAndThenNoLonger() {
        for (Estimator estimator : new Estimator[] {one, two}) {
            give(estimator, 1_000, 100);
            assertEquals(3, give(estimator, 600, 2_000));
            assertEquals(2_500, firstMillis(estimator, PeerState.SUSPECTED), 1);
        }
    }

    @Test
    void aForgottenRhythmLeavesNoTrace() {
        give(two, 100, 2_000);
        two.forget();
        assertEquals(600, firstMillis(two, PeerState.SUSPECTED), 0.1);
    }

    @Test
    void yearsOfHeartbeatsDoNotOverflow() {
        give(one, 100_000, 30_000);
        assertTrue(firstMillis(one, PeerState.DOWN) > 30_000);
    }

    /** Gives those times in turn, so often, and counts those long enough for a suspicion. */
    private static int give(Estimator estimator, int times, long... millis) {
        int suspicions = 0;
        for (int i = 0; i < times; i++) {
            for (long gap : millis) {
                if (estimator.verdict(gap * MILLISECOND) != PeerState.UP) {
                    suspicions++;
                }
                estimator.interArrival(gap * MILLISECOND);
            }
        }
        return suspicions;
    }

    private static double firstMillis(Estimator estimator, PeerState state) {
        long millis = 0;
        while (estimator.verdict(millis * MILLISECOND).compareTo(state) < 0) {
            millis++;
        }
        return millis;
    }
}
