package io.coterie.consistency.simulated.voters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.SimulatedRun;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.quorums.MemberQuorums;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Voters;
import io.coterie.simulation.SimulationException;
import io.coterie.simulation.history.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Strong stores keep their promises with any quorums that meet, under the faults of the campaign. */
class ChosenQuorumsSimulationTest {
    private static final long SEEDS = Long.getLong("coterie.seeds", 6);
    private static final int SEEDS_OF_BROKEN = 60;

    static Stream<Arguments> systems() {
        Map<String, List<String>> zones =
                Map.of("x", List.of("r0", "r1", "r2"), "y", List.of("r3", "r4", "r5"), "z", List.of("r6", "r7", "r8"));
        Map<String, Integer> weights = Map.of("r0", 3, "r1", 1, "r2", 1, "r3", 1, "r4", 1);
        return Stream.of(
                Arguments.of(9, new QuorumPair(QuorumSystem.rows(3, 3), QuorumSystem.columns(3, 3))),
                Arguments.of(9, new QuorumPair(QuorumSystem.grid(3, 3), QuorumSystem.grid(3, 3))),
                Arguments.of(9, new QuorumPair(QuorumSystem.zones(zones), QuorumSystem.zones(zones))),
                Arguments.of(9, new QuorumPair(QuorumSystem.zones(zones, 3), QuorumSystem.zones(zones, 1))),
                Arguments.of(5, new QuorumPair(QuorumSystem.weights(weights), QuorumSystem.weights(weights))),
                Arguments.of(5, new QuorumPair(QuorumSystem.atLeast(4), QuorumSystem.atLeast(2))),
                Arguments.of(5, new QuorumPair(QuorumSystem.atLeast(2), QuorumSystem.atLeast(4))),
                Arguments.of(3, new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1))));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("systems")
    void quorumsThatMeetKeepEveryPromise(int replicas, QuorumPair pair) {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(one)).forEach(seed -> {
            ViolationPages pages = new ViolationPages("ChosenQuorumsSimulationTest", seed);
            SimulatedRun run =
                    SimulatedRun.withReplicas(seed, Variant.CORRECT.withPolicy(pair.policyName("strong")), replicas);
            pages.requireLinearizable(run.verdict(), run.faults());
            pages.requireNone(run.contradictions(), run.faults());
            assertEquals(List.of(), run.disagreements(), pages::replay);
            assertTrue(run.answersEverywhere(), () -> pages.replay() + "a node does not answer in the end");
            assertTrue(run.history().operations().size() > 10, "hardly any operations");
        });
    }

    @Test
    void quorumsThatDoNotMeetAreCaught() {
        MemberQuorums rows = QuorumSystem.rows(3, 3)
                .of(IntStream.range(0, 9).mapToObj(i -> "r" + i).toList());
        ConsensusRules smuggled = new ConsensusRules() {
            @Override
            public boolean isPromised(Voters voters, long replicas) {
                return rows.isQuorum(replicas);
            }

            @Override
            public boolean isAccepted(Voters voters, long replicas) {
                return rows.isQuorum(replicas);
            }

            @Override
            public boolean isRead(Voters voters, long replicas) {
                return rows.isQuorum(replicas);
            }
        };
        for (long seed = 1; seed <= SEEDS_OF_BROKEN; seed++) {
            if (contradicts(seed, smuggled)) {
                System.out.println("rows that do not meet: caught at seed " + seed);
                return;
            }
        }
        fail("rows that do not meet contradicted no promise within " + SEEDS_OF_BROKEN + " seeds");
    }

    private static boolean contradicts(long seed, ConsensusRules smuggled) {
        try {
            SimulatedRun run = SimulatedRun.withReplicas(seed, Variant.CORRECT.withRules(context -> smuggled), 9);
            return run.verdict().kind() == Verdict.Kind.NOT_LINEARIZABLE
                    || !run.contradictions().isEmpty();
        } catch (SimulationException e) {
            return false;
        }
    }
}
