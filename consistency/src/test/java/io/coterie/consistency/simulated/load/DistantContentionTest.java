package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Five replicas, each with callers that pause between calls, read and change two keys. What they
 * get is the same in round trips, however long a round trip is: each call is given eight and a
 * half, or thirty where functions take turns.
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

    /**
     * Each way takes up to twice its time or none, and keys are replaced now and then: all nodes
     * meet there anew.
     */
    @Test
    void callsAreAnsweredThoughDistancesVaryAndKeysAreNew() {
        check(Duration.ofMillis(10), 60, true);
        check(Duration.ofMillis(100), 32, true);
        check(Duration.ofMillis(250), 32, true);
    }

    /** A function takes four round trips, and each node that has its turn before takes two. */
    @ParameterizedTest
    @ValueSource(ints = {10, 100, 250})
    void additionsAndFunctionsAmongTheCallsAreAnsweredAtEachDistance(int millis) {
        Duration roundTrip = Duration.ofMillis(millis);
        for (int callsASecond : new int[] {32, 60}) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                DistantLoad load = new DistantLoad(seed, roundTrip, callsASecond, false)
                        .withFunctions()
                        .within(30);
                load.run();
                check(load, 0.99, 12, seed, callsASecond, roundTrip);
            }
        }
    }

    private static void check(Duration roundTrip, int callsASecond, boolean varies) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            DistantLoad load = new DistantLoad(seed, roundTrip, callsASecond, varies);
            load.run();
            check(load, varies ? 0.9 : 0.96, varies ? Double.MAX_VALUE : 8, seed, callsASecond, roundTrip);
        }
    }

    private static void check(
            DistantLoad load, double answered, double roundTrips, long seed, int callsASecond, Duration roundTrip) {
        String which = "seed " + seed + ", " + callsASecond + " calls/s, round trip " + roundTrip + ": ";
        assertTrue(load.answered() >= answered, which + 100 * load.answered() + " % answered");
        double p99 = load.percentile(99) / (double) roundTrip.toNanos();
        assertTrue(p99 <= roundTrips, which + "p99 " + p99 + " round trips");
    }
}
