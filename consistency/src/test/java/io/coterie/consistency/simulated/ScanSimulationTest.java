package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.broken.BrokenReads;
import io.coterie.consistency.broken.BrokenScans;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.simulation.history.Verdict;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scans, and reads of several keys at once, under crashes, pauses, partitions, loss, delay,
 * duplication and reordering: each key is linearizable. Broken ones are caught.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds. A replay: {@code
 * -Dcoterie.seed=S} runs that seed alone.
 */
class ScanSimulationTest {
    private static final int FIXED_SEEDS = 30;
    private static final int FRESH_SEEDS = 10;
    private static final int CHOSEN_SEEDS = 10;
    private static final int BROKEN_SEEDS = 60;

    @Test
    void keysOfPagesAreLinearizableAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, FIXED_SEEDS) : LongStream.of(one))
                .parallel()
                .forEach(ScanSimulationTest::check);
    }

    @Test
    void keysOfPagesAreLinearizableAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        LongStream.range(first, first + count).parallel().forEach(ScanSimulationTest::check);
    }

    /** Those that agree on an older state may be an accept quorum, too: one is enough. */
    @Test
    void keysOfPagesAreLinearizableWhereOneReplicaAccepts() {
        String policy = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1)).policyName("strong");
        AtomicLong pages = new AtomicLong();
        LongStream.rangeClosed(1, CHOSEN_SEEDS).parallel().forEach(seed -> {
            ScanRun run = new ScanRun(seed, SimulatedCluster.Variant.CORRECT.withPolicy(policy));
            assertNull(run.problem(), () -> "seed " + seed + ": " + run.problem());
            assertNotEquals(Verdict.Kind.NOT_LINEARIZABLE, run.verdict().kind(), () -> "seed " + seed);
            pages.addAndGet(run.pages());
        });
        assertTrue(pages.get() > 10 * CHOSEN_SEEDS, () -> "only " + pages + " pages were read");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void isCaught(String name, Supplier<SimulatedCluster.Variant> broken) {
        for (long seed = 1; seed <= BROKEN_SEEDS; seed++) {
            ScanRun run = new ScanRun(seed, broken.get());
            if (run.problem() != null || run.verdict().kind() == Verdict.Kind.NOT_LINEARIZABLE) {
                System.out.println(name + ": caught at seed " + seed);
                return;
            }
        }
        fail(name + " was not caught within " + BROKEN_SEEDS + " seeds");
    }

    static Stream<Arguments> variants() {
        return Stream.of(
                variant("page of one replica", BrokenScans::ofOneReplica),
                variant("page of what is not chosen", BrokenScans::ofWhatIsNotChosen),
                variant("page of the highest ballot of a minority", BrokenScans::ofTheHighestBallot),
                variant("page without what is being changed", BrokenScans::withoutWhatIsBeingChanged),
                variant("page of what was seen last", BrokenScans::ofWhatWasSeenLast),
                variant("several reads at once, each of one replica", BrokenReads::ofOneReplica));
    }

    private static Arguments variant(String name, Supplier<SimulatedCluster.Variant> broken) {
        return Arguments.of(name, broken);
    }

    private static void check(long seed) {
        ViolationPages pages = new ViolationPages("ScanSimulationTest", seed);
        String replay = pages.replay();
        ScanRun run;
        try {
            run = new ScanRun(seed, SimulatedCluster.Variant.CORRECT);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay + e, e);
        }
        assertNull(run.problem(), () -> replay + run.problem());
        pages.requireLinearizable(run.verdict(), run.faults());
        assertTrue(run.pages() > 10, () -> replay + "only " + run.pages() + " pages were read");
        assertTrue(run.readsAtOnce() > 10, () -> replay + "several keys were read at once only " + run.readsAtOnce());
    }
}
