package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.simulation.SimulationException;
import io.coterie.simulation.history.Verdict;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The workload and the checker are worth what they catch. */
class BrokenVariantsTest {
    private static final int SEEDS = 200;
    private static final int AT_ONCE = 8;

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void isCaught(String name, Supplier<SimulatedCluster.Variant> broken) {
        for (long from = 1; from <= SEEDS; from += AT_ONCE) {
            OptionalLong caught = LongStream.range(from, from + AT_ONCE)
                    .parallel()
                    .filter(seed -> isCaught(seed, broken.get()))
                    .min();
            if (caught.isPresent()) {
                System.out.println(name + ": caught at seed " + caught.getAsLong());
                return;
            }
        }
        fail(name + " was not caught within " + SEEDS + " seeds");
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

    private static boolean isCaught(long seed, SimulatedCluster.Variant broken) {
        try {
            SimulatedRun run = new SimulatedRun(seed, broken);
            return run.verdict().kind() == Verdict.Kind.NOT_LINEARIZABLE
                    || !run.contradictions().isEmpty();
        } catch (SimulationException e) {
            return true;
        }
    }
}
