package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WantedQualityTest {
    private static final long MILLISECOND = 1_000_000;
    private static final WantedQuality DAILY = WantedQuality.of(Duration.ofDays(1), Duration.ofSeconds(2));

    private final Estimator estimator = DAILY.newEstimator();
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void aPeerIsDownInTimeWhateverItsRhythm() {
        assertEquals(PeerState.UP, estimator.verdict(1_799 * MILLISECOND));
        assertEquals(PeerState.DOWN, estimator.verdict(1_800 * MILLISECOND));
        give(10_000, 0.3);
        assertEquals(PeerState.DOWN, estimator.verdict(1_800 * MILLISECOND));
    }

    @Test
    void aSteadyPeerIsSuspectedEarlyButNotForTwoLostHeartbeats() {
        give(10_000, 0);
        assertEquals(PeerState.UP, estimator.verdict(599 * MILLISECOND));
        assertEquals(PeerState.SUSPECTED, estimator.verdict(600 * MILLISECOND));
    }

    @Test
    void thePeerOfALossyLinkIsGivenMoreTime() {
        give(100_000, 0.05);
        assertEquals(PeerState.UP, estimator.verdict(900 * MILLISECOND));
        assertEquals(PeerState.SUSPECTED, estimator.verdict(1_700 * MILLISECOND));
        assertNull(estimator.shortfall());
    }

    @Test
    void aNetworkThatAllowsNotBothIsNamed() {
        for (int i = 0; i < 100; i++) {
            give(100, 0);
            estimator.interArrival(2_500 * MILLISECOND);
        }
        String shortfall = estimator.shortfall();
        assertNotNull(shortfall);
        assertTrue(
                shortfall.startsWith("by the last 10100 heartbeats, a silence must last at least ")
                        && shortfall.endsWith(" to be a mistake at most once per 1 d, but to detect a failure within"
                                + " 2 s, 1.8 s must be enough: raise the time for detection, or accept more mistakes"),
                shortfall);
        assertEquals(PeerState.UP, estimator.verdict(1_799 * MILLISECOND));
        estimator.forget();
        assertNull(estimator.shortfall());
    }

    @Test
    void theLongestIntervalThatAchievesTheQualityIsChosen() {
        WantedQuality quiet = DAILY.forNetwork(0.001, Duration.ofMillis(1));
        WantedQuality lossy = DAILY.forNetwork(0.3, Duration.ofMillis(10));
        // Two heartbeats after the first: 2/3 s * 1000 * 1000 = 7 days. One: 1 s * 1000 = 17 min.
        assertEquals(Duration.ofSeconds(2).dividedBy(3), quiet.heartbeatInterval());
        assertTrue(lossy.heartbeatInterval().compareTo(Duration.ofMillis(200)) < 0, lossy::toString);
    }

    @Test
    void anImpossibleQualityIsRefusedWithWhatIsPossible() {
        WantedQuality hasty = WantedQuality.of(Duration.ofDays(3_650), Duration.ofMillis(100));
        String refusal = assertThrows(
                        IllegalArgumentException.class, () -> hasty.forNetwork(0.9, Duration.ofSeconds(1)))
                .getMessage();
        assertTrue(
                refusal.startsWith("with a loss of 0.9 and a deviation of delays of 1 s, mistakes can recur after 0 s,"
                        + " not 3650 d, however short the heartbeat interval"),
                refusal);
    }

    @Test
    void theTailOfAnExponentialDistributionIsExtrapolated() {
        GapTail tail = new GapTail();
        for (int i = 0; i < 100_000; i++) {
            tail.add((long) (-Math.log(1 - random.nextDouble()) * 10_000));
        }
        double exact = -Math.log(1e-7) * 10_000;
        assertEquals(exact, tail.exceededWith(1e-7), exact / 4);
    }

    @Test
    void oldTimesAreForgottenSlowly() {
        GapTail tail = new GapTail();
        for (int i = 0; i < 1_000; i++) {
            tail.add(5_000_000);
        }
        double before = tail.exceededWith(1e-4);
        for (int i = 0; i < 20 << 20; i++) {
            tail.add(100_000);
        }
        assertTrue(before > 4_000_000, () -> "before " + before);
        assertTrue(tail.exceededWith(1e-4) < 200_000, () -> "after " + tail.exceededWith(1e-4));
    }

    /** Gives heartbeats each 200 ms, of which a share is lost. */
    private void give(int heartbeats, double loss) {
        long gap = 0;
        for (int i = 0; i < heartbeats; i++) {
            gap += 200 * MILLISECOND;
            if (random.nextDouble() >= loss) {
                estimator.interArrival(gap);
                gap = 0;
            }
        }
    }
}
