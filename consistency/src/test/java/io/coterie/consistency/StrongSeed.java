package io.coterie.consistency;

import io.coterie.simulation.history.Contradiction;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One seed of the strong store's simulation, and what must hold in it. */
final class StrongSeed {
    /** A run in which hardly anything was answered proves nothing. Of four hundred seeds, the worst had five, half of them over 60. */
    private static final double FEWEST_ANSWERS_PER_SECOND = 1;

    private StrongSeed() {}

    /**
     * Runs a seed.
     *
     * @throws AssertionError if something does not hold; its text tells the seed and how to run it again
     */
    static SimulatedRun check(long seed) {
        return check(seed, SimulatedCluster.Variant.CORRECT);
    }

    /** The same for a variant. */
    static SimulatedRun check(long seed, SimulatedCluster.Variant variant) {
        SimulatedRun run;
        try {
            run = new SimulatedRun(seed, variant);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay(seed) + e, e);
        }
        Verdict verdict = run.verdict();
        if (!verdict.isLinearizable()) {
            throw new AssertionError(replay(seed) + verdict + "the same as a chart: " + draw(seed, run, verdict));
        }
        for (Contradiction contradiction : run.contradictions()) {
            throw new AssertionError(
                    replay(seed) + contradiction + "the same as a chart: " + draw(seed, run, contradiction));
        }
        if (!run.disagreements().isEmpty()) {
            throw new AssertionError(replay(seed) + String.join("\n", run.disagreements()));
        }
        long answers = run.history().count(Outcome.OK);
        if (answers < answersDemanded(run)) {
            throw new AssertionError(
                    replay(seed) + "only " + answers + " operations were answered in " + run.contested());
        }
        if (!run.answersEverywhere()) {
            throw new AssertionError(replay(seed) + "a node does not answer after all faults are healed");
        }
        return run;
    }

    /** Whether clients opened early enough for a run to prove something: at least a second before the last fault. */
    static boolean hadClientsInTime(SimulatedRun run) {
        return answersDemanded(run) > 0;
    }

    private static double answersDemanded(SimulatedRun run) {
        return FEWEST_ANSWERS_PER_SECOND * run.contested().toSeconds();
    }

    /** Draws what cannot be explained, with the faults that were on meanwhile. */
    private static Path draw(long seed, SimulatedRun run, Verdict verdict) {
        return draw(seed, run, verdict.key() + ": no order explains these answers", verdict.evidence());
    }

    private static Path draw(long seed, SimulatedRun run, Contradiction contradiction) {
        return draw(seed, run, contradiction.key() + ": " + contradiction.problem(), contradiction.evidence());
    }

    private static Path draw(long seed, SimulatedRun run, String problem, List<Operation> evidence) {
        Path folder = Path.of("target", "violations").toAbsolutePath();
        try {
            String page = HistoryChart.html("seed " + seed + ", key " + problem, evidence, run.faults());
            return Files.writeString(Files.createDirectories(folder).resolve("seed-" + seed + ".html"), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String replay(long seed) {
        return "seed " + seed + " fails; replay it with: mvn test -pl :coterie-consistency -am"
                + " -Dtest=StrongSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.seed=" + seed + "\n";
    }
}
