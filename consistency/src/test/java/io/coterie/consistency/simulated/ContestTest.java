package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.broken.BrokenWrites;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.simulation.history.Verdict;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Functions that a home applies for a client, while changes are struck halfway: what {@code
 * RefusedElsewhereTest} plays step by step comes about by chance here.
 *
 * <p>A replay: {@code -Dcoterie.seed=S} runs that seed alone.
 */
class ContestTest {
    private static final int SEEDS = 50;
    private static final int MAX_SEEDS = 1_000;
    private static final int AT_ONCE = 8;

    @Test
    void operationsAreLinearizable() {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(one))
                .parallel()
                .forEach(seed -> check(seed, SimulatedCluster.Variant.CORRECT));
    }

    static void check(long seed, SimulatedCluster.Variant variant) {
        ViolationPages pages = new ViolationPages("ContestTest", seed);
        SimulatedRun run;
        try {
            run = SimulatedRun.contest(seed, variant);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        pages.requireNone(run.contradictions(), run.faults());
        assertTrue(run.answersEverywhere(), () -> pages.replay() + "a node does not answer");
    }

    @Test
    void aRefusalThatIsBelievedBeforeItIsChosenIsCaught() {
        for (long from = 1; from <= MAX_SEEDS; from += AT_ONCE) {
            OptionalLong caught = LongStream.range(from, from + AT_ONCE)
                    .parallel()
                    .filter(ContestTest::isCaught)
                    .min();
            if (caught.isPresent()) {
                System.out.println("refusal elsewhere believed at once: caught at seed " + caught.getAsLong());
                return;
            }
        }
        fail("a refusal that is believed at once was not caught within " + MAX_SEEDS + " seeds");
    }

    private static boolean isCaught(long seed) {
        SimulatedRun run = SimulatedRun.contest(seed, BrokenWrites.refusalElsewhereBelievedAtOnce());
        return run.verdict().kind() == Verdict.Kind.NOT_LINEARIZABLE
                || !run.contradictions().isEmpty();
    }
}
