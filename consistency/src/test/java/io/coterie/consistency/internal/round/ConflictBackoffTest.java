package io.coterie.consistency.internal.round;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConflictBackoffTest {
    private static final long LOOPBACK = Duration.ofNanos(80_000).toNanos();
    private static final long FAR = Duration.ofMillis(30).toNanos();
    private static final long OCEAN = Duration.ofMillis(150).toNanos();

    private final ConflictBackoff backoff = new ConflictBackoff();
    private long now;

    @Test
    void theFirstRoundTripShowsHowFarAwayTheOthersAre() {
        roundTrips(1, FAR);
        assertEquals(FAR, backoff.roundTripNanos());
    }

    @Test
    void anOceanIsKnownAfterAFewRoundTrips() {
        roundTrips(10, OCEAN);
        assertTrue(backoff.roundTripNanos() > OCEAN / 2, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void aNodeThatStartedFirstSoonForgetsHowLongItWaited() {
        roundTrips(1, Duration.ofMinutes(1).toNanos());
        roundTrips(20, LOOPBACK);
        assertTrue(backoff.roundTripNanos() < 3 * LOOPBACK, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void aFaultIsNotTakenForDistance() {
        roundTrips(10, LOOPBACK);
        roundTrips(8, Duration.ofSeconds(1).toNanos());
        assertTrue(backoff.roundTripNanos() < 4 * LOOPBACK, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void allThatOneFaultDelaysCountsOnce() {
        roundTrips(10, LOOPBACK);
        long began = now;
        now += Duration.ofSeconds(2).toNanos();
        for (int inFlight = 0; inFlight < 1000; inFlight++) {
            if (backoff.wantsMeasure()) {
                backoff.measured(began + inFlight * LOOPBACK, now + inFlight * LOOPBACK, true);
            }
        }
        assertTrue(backoff.roundTripNanos() < 2 * LOOPBACK, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void readsNeverLowerTheEstimate() {
        roundTrips(1, FAR);
        for (int i = 0; i < 20; i++) {
            backoff.measured(now, now + LOOPBACK, false);
        }
        assertEquals(FAR, backoff.roundTripNanos());
        for (int i = 0; i < 20; i++) {
            backoff.measured(now, now + OCEAN, false);
            now += OCEAN;
        }
        assertTrue(backoff.roundTripNanos() > OCEAN / 2, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void aRoundTripNearTheEstimateIsMeasuredSeldom() {
        roundTrips(10, LOOPBACK);
        int measured = 0;
        for (int i = 0; i < 80; i++) {
            if (backoff.wantsMeasure()) {
                measured++;
                roundTrip(LOOPBACK);
            }
        }
        assertEquals(10, measured);
        roundTrip(FAR);
        assertTrue(backoff.wantsMeasure());
    }

    private void roundTrips(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            if (backoff.wantsMeasure()) {
                roundTrip(nanos);
            }
        }
    }

    private void roundTrip(long nanos) {
        long began = now;
        now += nanos;
        backoff.measured(began, now, true);
    }
}
