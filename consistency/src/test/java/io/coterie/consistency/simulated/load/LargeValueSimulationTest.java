package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More large values in flight than links carry within the time after which a lost message would be
 * sent again, over links that lose none.
 *
 * <p>A replay: {@code -Dcoterie.seed=S} runs that seed alone. More of them: {@code
 * -Dcoterie.seeds=N} runs the seeds 1 to N.
 */
class LargeValueSimulationTest {
    private static final int SEEDS = 2;

    /**
     * Of a value: one to each replica for a write, and one for a read, each of which is half of the
     * operations.
     */
    private static final int COPIES = 2;

    /** What comes on top of the values: keys, ballots, frames. */
    private static final double OVERHEAD = 1.05;

    /**
     * Links stand still where nothing is asked for yet, or a round waits for another on its key.
     */
    private static final double IDLE = 1.5;

    @ParameterizedTest
    @ValueSource(strings = {"c0", "r0"})
    void whatTheLinksCarryInTimeEndsWellAndIsSentOnce(String caller) {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one == null
                ? LongStream.rangeClosed(1, Integer.getInteger("coterie.seeds", SEEDS))
                : LongStream.of(one);
        seeds.parallel().forEach(seed -> check(new LargeValueRun(seed, caller)));
    }

    @Test
    void aRunIsDecidedByItsSeed() {
        assertEquals(new LargeValueRun(1, "c0").traceHash(), new LargeValueRun(1, "c0").traceHash());
    }

    private static void check(LargeValueRun run) {
        assertEquals(LargeValueRun.OPERATIONS, run.ended(), run::toString);
        assertEquals(List.of(), run.failures(), run::toString);
        long once = (long) LargeValueRun.OPERATIONS * LargeValueRun.VALUE_BYTES;
        assertTrue(run.bytes() < COPIES * once * OVERHEAD, run::toString);
        Duration needed = Duration.ofMillis(once * 1000 / LargeValueRun.BYTES_PER_SECOND);
        assertTrue(run.took().toMillis() < needed.toMillis() * IDLE, run::toString);
        assertTrue(run.verdict().isLinearizable(), () -> run + "; " + run.verdict());
    }
}
