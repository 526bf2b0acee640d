package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The real code calls methods that must not be executed twice, through loss, duplication,
 * reordering, delay, cut links and restarts of both sides. No call is executed twice, and each
 * caller gets a true answer.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 50. A replay:
 * {@code -Dcoterie.seed=S} runs only that seed.
 */
class AtMostOnceTest {
    private static final int FIXED_SEEDS = 300;
    private static final int FRESH_SEEDS = 50;

    /**
     * A run has about 190 calls. The minimum of answers in 20,000 runs was 3, under heavy faults.
     */
    private static final int MIN_ANSWERS = 1;

    private static final int ENOUGH_FOR_EVICTIONS = 200;

    private static final long ALL_BYTES = 16L << 20;
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void noCallIsExecutedTwiceAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        if (one != null) {
            check(one, new Totals());
            return;
        }
        checkAll(LongStream.rangeClosed(1, FIXED_SEEDS));
    }

    @Test
    void noCallIsExecutedTwiceAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        checkAll(LongStream.range(first, first + count));
    }

    @Test
    void tracesRepeatWithEvictionsBySize() {
        long evicted = LongStream.rangeClosed(1, 40)
                .map(seed -> evictedInEqualRuns(seed, 1000, LONG))
                .sum();
        assertTrue(evicted > 200, () -> "only " + evicted + " calls found their answer evicted");
    }

    @Test
    void tracesRepeatWithEvictionsByAge() {
        long evicted = LongStream.rangeClosed(1, 40)
                .map(seed -> evictedInEqualRuns(seed, ALL_BYTES, Duration.ofMillis(150)))
                .sum();
        assertTrue(evicted > 20, () -> "only " + evicted + " calls found their answer evicted");
    }

    @Test
    void noAnswerIsMissingWhereAllAreKept() {
        for (long seed = 1; seed <= 40; seed++) {
            assertEquals(0, evictedInEqualRuns(seed, ALL_BYTES, LONG));
        }
    }

    @Test
    void theSameSeedGivesTheSameTraceByteForByte() {
        assertEquals(traced(4), traced(4));
    }

    @Test
    void anotherSeedGivesAnotherTrace() {
        assertNotEquals(traced(4), traced(5));
    }

    private static String traced(long seed) {
        StringBuilder trace = new StringBuilder();
        OnceRun.keeping(
                seed, 1000, Duration.ofMillis(300), line -> trace.append(line).append('\n'));
        return trace.toString();
    }

    private static long evictedInEqualRuns(long seed, long keptBytes, Duration keptAge) {
        OnceRun first = OnceRun.keeping(seed, keptBytes, keptAge, null);
        OnceRun second = OnceRun.keeping(seed, keptBytes, keptAge, null);
        assertEquals(
                first.simulation().traceHash(),
                second.simulation().traceHash(),
                () -> "seed " + seed + " keeping " + keptBytes + " bytes for " + keptAge + " runs in two ways");
        return first.ledger().evicted();
    }

    private static void checkAll(LongStream seeds) {
        Totals totals = new Totals();
        seeds.parallel().forEach(seed -> check(seed, totals));
        System.out.println(totals);
        totals.assertWorth();
    }

    private static void check(long seed, Totals totals) {
        String replay = "seed " + seed + " fails; replay it with: mvn test -pl :coterie-simulation -am"
                + " -Dtest=AtMostOnceTest -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.seed=" + seed + "\n";
        OnceRun run;
        try {
            run = OnceRun.of(seed, BrokenCalls.NONE);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay + e, e);
        }
        var violations = run.violations();
        assertTrue(violations.isEmpty(), () -> replay + run + "\n" + String.join("\n", violations));
        assertTrue(
                run.answersEverywhere(), () -> replay + run + "\na call is not answered after all faults are healed");
        long answered = run.ledger().answered();
        assertTrue(answered >= MIN_ANSWERS, () -> replay + run + "\nonly " + answered + " calls were answered");
        totals.add(run);
    }

    /** Sums over all seeds: a campaign without events proves nothing. */
    private static final class Totals {
        private final LongAdder seeds = new LongAdder();
        private final LongAdder calls = new LongAdder();
        private final LongAdder answered = new LongAdder();
        private final LongAdder executions = new LongAdder();
        private final LongAdder forgotten = new LongAdder();
        private final LongAdder evicted = new LongAdder();
        private final LongAdder repeated = new LongAdder();
        private final LongAdder retries = new LongAdder();

        void add(OnceRun run) {
            seeds.add(1);
            calls.add(run.ledger().count(call -> !call.probe));
            answered.add(run.ledger().answered());
            executions.add(run.ledger().executions());
            forgotten.add(run.ledger().forgotten());
            evicted.add(run.ledger().evicted());
            repeated.add(run.sum(metrics -> metrics.repeated()));
            retries.add(run.sum(metrics -> metrics.retries()));
        }

        /** Bounds far below the sums of any fifty seeds. */
        void assertWorth() {
            assertTrue(answered.sum() > calls.sum() / 2, this::toString);
            assertTrue(repeated.sum() > calls.sum() / 20, this::toString);
            // Few runs have evictions, but those have many, so that fifty runs may have hardly any.
            assertTrue(seeds.sum() < ENOUGH_FOR_EVICTIONS || evicted.sum() > calls.sum() / 200, this::toString);
            assertTrue(forgotten.sum() - evicted.sum() > calls.sum() / 50, this::toString);
        }

        @Override
        public String toString() {
            return seeds + " seeds: " + calls + " calls, " + answered + " answered; " + executions + " executions; "
                    + retries
                    + " retries, " + repeated + " copies not executed; " + forgotten + " calls refused as forgotten, "
                    + evicted + " of them by evictions";
        }
    }
}
