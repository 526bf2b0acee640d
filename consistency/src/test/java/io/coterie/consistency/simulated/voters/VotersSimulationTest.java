package io.coterie.consistency.simulated.voters;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.voters.VotersRun.Exchange;
import io.coterie.simulation.history.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * While the voters of a cluster are exchanged under load and faults, operations stay linearizable,
 * and are applied once.
 *
 * <p>{@code -Dcoterie.seeds=N} runs N fresh seeds instead of 20; {@code -Dcoterie.seed=S} runs that
 * seed alone.
 */
class VotersSimulationTest {
    private static final int FIXED_SEEDS = 60;
    private static final int FRESH_SEEDS = 20;
    private static final int MAX_SEEDS = 200;

    /** Of a hundred seeds, with about six exchanges in each. */
    private static final int MIN_ANSWERS = 20;

    @Test
    void operationsAreLinearizableAcrossExchanges() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all =
                LongStream.concat(LongStream.rangeClosed(1, FIXED_SEEDS), LongStream.range(fresh, fresh + count));
        AtomicLong exchanges = new AtomicLong();
        AtomicLong answers = new AtomicLong();
        (one == null ? all : LongStream.of(one)).parallel().forEach(seed -> {
            VotersRun run = check(seed);
            exchanges.addAndGet(run.exchanges());
            answers.addAndGet(run.history().count(Outcome.OK));
        });
        System.out.println(exchanges + " exchanges, " + answers + " answers");
    }

    /** The checks find what joint voters are for. */
    @Test
    void anExchangeInOneStepIsCaught() {
        assertTrue(LongStream.rangeClosed(1, MAX_SEEDS).anyMatch(seed -> {
            VotersRun run = new VotersRun(seed, Exchange.AT_ONCE, SimulatedCluster.Variant.CORRECT);
            return !run.verdict().isLinearizable() || !run.contradictions().isEmpty();
        }));
    }

    private static VotersRun check(long seed) {
        ViolationPages pages = new ViolationPages("VotersSimulationTest", seed);
        VotersRun run;
        try {
            run = new VotersRun(seed, Exchange.JOINT, SimulatedCluster.Variant.CORRECT);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        pages.requireNone(run.contradictions(), run.faults());
        if (!run.answersEverywhere() || run.history().count(Outcome.OK) < MIN_ANSWERS) {
            throw new AssertionError(pages.replay() + "a node does not answer after the last exchange, or only "
                    + run.history().count(Outcome.OK) + " operations were answered");
        }
        return run;
    }
}
