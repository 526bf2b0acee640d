package io.coterie.consistency.broken;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.simulated.SimulatedRun;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.simulation.SimulationException;
import io.coterie.simulation.history.Verdict;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The workload and the checkers are worth what they catch. A variant is caught where what its
 * clients got contradicts a promise; a run that throws proves nothing, as anything may throw.
 */
class BrokenVariantsTest {
    private static final int SEEDS = 200;

    /** How many seeds a variant gets that has a workload of its own. */
    private static final int SPECIAL_SEEDS = 40;

    private static final int AT_ONCE = 8;

    /** Workloads for what the usual one hardly ever meets. */
    private static final Map<String, Workload> SPECIAL =
            Map.of("tombstone of a minority believed", SimulatedRun::contestOfDeletes);

    interface Workload {
        SimulatedRun run(long seed, SimulatedCluster.Variant variant);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void isCaught(String name, Supplier<SimulatedCluster.Variant> broken) {
        Map<Long, String> threw = new ConcurrentSkipListMap<>();
        Workload workload = SPECIAL.getOrDefault(name, SimulatedRun::new);
        int seeds = SPECIAL.containsKey(name) ? SPECIAL_SEEDS : SEEDS;
        for (long from = 1; from <= seeds; from += AT_ONCE) {
            OptionalLong caught = LongStream.range(from, from + AT_ONCE)
                    .parallel()
                    .filter(seed -> contradictsAPromise(workload, seed, broken.get(), threw))
                    .min();
            if (caught.isPresent()) {
                System.out.println(name + ": caught at seed " + caught.getAsLong());
                return;
            }
        }
        fail(name + " contradicted no promise within " + seeds + " seeds; of these, " + threw.size() + " threw: "
                + threw.values().stream().limit(1).toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("special")
    void theRightCodeKeepsItsPromisesInTheSameWorkload(String name, Workload workload) {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, SPECIAL_SEEDS) : LongStream.of(one))
                .parallel()
                .forEach(seed -> {
                    ViolationPages pages = new ViolationPages("BrokenVariantsTest", seed);
                    SimulatedRun run = workload.run(seed, SimulatedCluster.Variant.CORRECT);
                    pages.requireLinearizable(run.verdict(), run.faults());
                    pages.requireNone(run.contradictions(), run.faults());
                    assertTrue(
                            run.answersEverywhere(),
                            () -> name + ", " + pages.replay() + "a node does not answer in the end");
                });
    }

    static Stream<Arguments> special() {
        return SPECIAL.entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
    }

    @Test
    void aVariantThatOnlyThrowsIsNotCaught() {
        AssertionError failure = assertThrows(
                AssertionError.class,
                () -> isCaught(
                        "nodes that throw",
                        () -> SimulatedCluster.Variant.CORRECT.withStorage(start -> {
                            start.node().execute(BrokenVariantsTest::throwAny);
                            return SimulatedStorage.of(start);
                        })));
        assertTrue(failure.getMessage().contains(SEEDS + " threw"), failure::getMessage);
    }

    private static void throwAny() {
        throw new IllegalStateException("thrown on the loop");
    }

    @Test
    void replicasThatDoNotAgreeAreSeenEvenIfNobodyReadsThem() {
        for (Supplier<SimulatedCluster.Variant> broken : List.<Supplier<SimulatedCluster.Variant>>of(
                BrokenWrites::ballotsWithoutProposer, BrokenWrites::ballotUsedTwice)) {
            assertTrue(LongStream.rangeClosed(1, 5)
                    .anyMatch(seed -> !new SimulatedRun(seed, broken.get())
                            .disagreements()
                            .isEmpty()));
        }
    }

    static Stream<Arguments> variants() {
        return BrokenVariants.all().entrySet().stream()
                .map(variant -> Arguments.of(variant.getKey(), variant.getValue()));
    }

    private static boolean contradictsAPromise(
            Workload workload, long seed, SimulatedCluster.Variant broken, Map<Long, String> threw) {
        try {
            SimulatedRun run = workload.run(seed, broken);
            return run.verdict().kind() == Verdict.Kind.NOT_LINEARIZABLE
                    || !run.contradictions().isEmpty();
        } catch (SimulationException e) {
            threw.put(seed, e.toString());
            return false;
        }
    }
}
