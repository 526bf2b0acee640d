package io.coterie.consistency.simulated.members;

import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.simulation.history.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * While the members of a cluster change under load and faults, operations stay linearizable and
 * are applied once, nothing is lost, and in the end every node answers.
 *
 * <p>{@code -Dcoterie.seeds=N} runs N fresh seeds instead of 10; {@code -Dcoterie.seed=S} runs that
 * seed alone.
 */
class ChangesSimulationTest {
    private static final int FIXED_SEEDS = 40;
    private static final int FRESH_SEEDS = 10;
    private static final int MIN_ANSWERS = 20;

    @Test
    void operationsAreLinearizableWhileMembersChange() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all =
                LongStream.concat(LongStream.rangeClosed(1, FIXED_SEEDS), LongStream.range(fresh, fresh + count));
        AtomicLong commits = new AtomicLong();
        AtomicLong aborts = new AtomicLong();
        AtomicLong answers = new AtomicLong();
        (one == null ? all : LongStream.of(one)).parallel().forEach(seed -> {
            ChangesRun run = check(seed);
            commits.addAndGet(run.commits());
            aborts.addAndGet(run.aborts());
            answers.addAndGet(run.history().count(Outcome.OK));
        });
        System.out.println(commits + " changes made, " + aborts + " taken back, " + answers + " answers");
    }

    /**
     * Changes that once never ended: as a member was lost, and another one had promised more or was
     * behind; as a newcomer alone knew of the change; as a member never heard of a new address.
     */
    @Test
    void aChangeEndsWhateverMembersMiss() {
        LongStream.of(6, 18, 136, 144, 196, 1479, 1749, 2068, 42_935_052_637_044L)
                .parallel()
                .forEach(ChangesSimulationTest::check);
    }

    /** Any node that has lost its disk would found a cluster if it could. */
    @Test
    void theSameHoldsWhereNodesKnowAddressesAlone() {
        LongStream.rangeClosed(1, FIXED_SEEDS).parallel().forEach(seed -> check(seed, true));
    }

    private static ChangesRun check(long seed) {
        return check(seed, false);
    }

    private static ChangesRun check(long seed, boolean joining) {
        ViolationPages pages = new ViolationPages("ChangesSimulationTest", seed);
        ChangesRun run;
        try {
            run = new ChangesRun(seed, Variant.CORRECT, UnaryOperator.identity(), joining);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        if (!run.problems().isEmpty()) {
            throw new AssertionError(pages.replay() + String.join("\n", run.problems()));
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        pages.requireNone(run.contradictions(), run.faults());
        if (!run.isSettled()) {
            throw new AssertionError(pages.replay() + "the members do not settle: " + run.text());
        }
        if (!run.answersEverywhere() || run.history().count(Outcome.OK) < MIN_ANSWERS) {
            throw new AssertionError(pages.replay() + "a node does not answer after the last change: " + run.text());
        }
        return run;
    }
}
