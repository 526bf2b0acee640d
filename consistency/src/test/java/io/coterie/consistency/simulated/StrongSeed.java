package io.coterie.consistency.simulated;

import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.history.Outcome;
import java.util.function.LongFunction;

/** One seed of the strong store's simulation, and what must hold in it. */
public final class StrongSeed {
    /**
     * A run in which hardly anything was answered proves nothing. Of four hundred seeds, the worst
     * had five, half of them over 60.
     */
    private static final double MIN_ANSWERS_PER_SECOND = 1;

    private StrongSeed() {}

    /**
     * Runs a seed.
     *
     * @throws AssertionError if something does not hold; its text has the seed and how to run it
     *     again
     */
    static SimulatedRun check(long seed) {
        return check(seed, SimulatedCluster.Variant.CORRECT);
    }

    /** Runs a seed, in a fifth of them with failure detectors that answer at random. */
    static SimulatedRun checkDrawn(long seed) {
        boolean detectorLies = Simulation.create(seed).random("detector lies").chance(0.2);
        return detectorLies
                ? check(seed, number -> SimulatedRun.withLyingDetector(number, SimulatedCluster.Variant.CORRECT))
                : check(seed);
    }

    /** Runs a seed against a variant. */
    public static SimulatedRun check(long seed, SimulatedCluster.Variant variant) {
        return check(seed, number -> new SimulatedRun(number, variant));
    }

    /** Runs a seed of runs of another kind. */
    static SimulatedRun check(long seed, LongFunction<SimulatedRun> runs) {
        ViolationPages pages = new ViolationPages("StrongSimulationTest", seed);
        SimulatedRun run;
        try {
            run = runs.apply(seed);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        pages.requireNone(run.contradictions(), run.faults());
        if (!run.disagreements().isEmpty()) {
            throw new AssertionError(pages.replay() + String.join("\n", run.disagreements()));
        }
        long answers = run.history().count(Outcome.OK);
        if (answers < answersDemanded(run)) {
            throw new AssertionError(
                    pages.replay() + "only " + answers + " operations were answered in " + run.contested());
        }
        if (!run.answersEverywhere()) {
            throw new AssertionError(pages.replay() + "a node does not answer after all faults are healed");
        }
        return run;
    }

    /**
     * Whether clients opened early enough for a run to prove something: at least a second before
     * the last fault.
     */
    static boolean hadClientsInTime(SimulatedRun run) {
        return answersDemanded(run) > 0;
    }

    private static double answersDemanded(SimulatedRun run) {
        return MIN_ANSWERS_PER_SECOND * run.contested().toSeconds();
    }
}
