package io.coterie.consistency.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Locks, an election, a semaphore, latches and a counter, used at all nodes of clusters of 3 and of 5 replicas and at three
 * clients, under crashes, pauses, partitions, loss, delay, duplication, wall clocks that jump, and steady clocks that drift. In
 * one of four seeds these run so far apart that only tokens can tell who holds what; what leases promise of time, and how soon
 * they are given, is left out of those.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 10. A replay: {@code -Dcoterie.seed=S} runs
 * that seed alone.
 */
class CoordinationSimulationTest {
    private static final int FIXED_SEEDS = 30;
    private static final int FRESH_SEEDS = 10;
    private static final int FEWEST_GRANTS = 4;
    private static final int FEWEST_LATCHES = 1;

    @Test
    void promisesHoldAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        checkAll(one == null ? LongStream.rangeClosed(1, FIXED_SEEDS) : LongStream.of(one));
    }

    @Test
    void promisesHoldAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        checkAll(LongStream.range(first, first + count));
    }

    @Test
    void theSameSeedGivesTheSameTraceByteForByte() {
        assertEquals(CoordinationRun.traced(1), CoordinationRun.traced(1));
    }

    private static void checkAll(LongStream seeds) {
        seeds.parallel().forEach(CoordinationSimulationTest::check);
    }

    private static void check(long seed) {
        String replay = "seed " + seed + " fails; replay it with: mvn test -pl :coterie-consistency -am"
                + " -Dtest=CoordinationSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.seed=" + seed
                + "\n";
        CoordinationRun run;
        try {
            run = new CoordinationRun(seed, new Rules());
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay + e, e);
        }
        assertTrue(run.violations().isEmpty(), () -> replay + String.join("\n", run.violations()));
        if (run.clocksAreWild()) {
            return;
        }
        run.ledgers()
                .forEach((name, ledger) -> assertTrue(
                        ledger.grants() >= FEWEST_GRANTS,
                        () -> replay + "only " + ledger.grants() + " leases of " + name + " were given"));
        assertTrue(run.latchesOpened() >= FEWEST_LATCHES, () -> replay + "no latch was opened");
    }
}
