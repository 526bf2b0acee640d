package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConflictBackoffTest {
    private static final long LOOPBACK = Duration.ofNanos(80_000).toNanos();
    private static final long FAR = Duration.ofMillis(30).toNanos();
    private static final long OCEAN = Duration.ofMillis(150).toNanos();

    private final ConflictBackoff backoff = new ConflictBackoff();

    @Test
    void theFirstRoundTripTellsHowFarAwayTheOthersAre() {
        roundTrips(1, FAR);
        assertEquals(FAR, backoff.roundTripNanos());
    }

    @Test
    void anOceanIsKnownAfterAFewRoundTrips() {
        roundTrips(10, OCEAN);
        assertTrue(backoff.roundTripNanos() > OCEAN / 2, () -> backoff.roundTripNanos() + " ns");
    }

    @Test
    void whoStartedBeforeTheOthersForgetsSoonHowLongItWaited() {
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
    void whatIsAsLongAsIsThoughtIsMeasuredNowAndThenOnly() {
        roundTrips(10, LOOPBACK);
        int measured = 0;
        for (int i = 0; i < 80; i++) {
            if (backoff.wantsMeasure()) {
                measured++;
                backoff.measured(LOOPBACK);
            }
        }
        assertEquals(10, measured);
        backoff.measured(FAR);
        assertTrue(backoff.wantsMeasure());
    }

    private void roundTrips(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            if (backoff.wantsMeasure()) {
                backoff.measured(nanos);
            }
        }
    }
}
