package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Five replicas, each with callers that pause between calls, read and change two keys. What they get is the same in round
 * trips, however long a round trip is: each call is given eight and a half.
 */
class DistantContentionTest {
    private static final int SEEDS = 6;

    @Test
    void callsAreAnsweredAcrossACity() {
        check(Duration.ofMillis(2), 60, false);
        check(Duration.ofMillis(10), 60, false);
    }

    @Test
    void callsAreAnsweredAcrossAnOcean() {
        check(Duration.ofMillis(100), 32, false);
        check(Duration.ofMillis(100), 60, false);
    }

    @Test
    void callsAreAnsweredAcrossTheGlobe() {
        check(Duration.ofMillis(250), 32, false);
        check(Duration.ofMillis(250), 60, false);
    }

    /** Each way takes up to twice its time or none, and keys are replaced now and then: all nodes meet there anew. */
    @Test
    void callsAreAnsweredThoughDistancesVaryAndKeysAreNew() {
        check(Duration.ofMillis(10), 60, true);
        check(Duration.ofMillis(100), 32, true);
        check(Duration.ofMillis(250), 32, true);
    }

    private static void check(Duration roundTrip, int callsASecond, boolean varies) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            DistantLoad load = new DistantLoad(seed, roundTrip, callsASecond, varies);
            load.run();
            String which = "seed " + seed + ", " + callsASecond + " calls/s, round trip " + roundTrip + ": ";
            assertTrue(load.answered() >= (varies ? 0.9 : 0.96), which + 100 * load.answered() + " % answered");
            double p99 = load.percentile(99) / (double) roundTrip.toNanos();
            assertTrue(varies || p99 <= 8, which + "p99 " + p99 + " round trips");
        }
    }
}
