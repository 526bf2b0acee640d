package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.broken.OneStates;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whole clusters of 3 and of 5 replicas, with a caller at every replica and three more at clients,
 * under crashes, pauses, partitions, loss, delay, duplication and reordering.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 50. A replay:
 * {@code -Dcoterie.seed=S} runs that seed alone. For a campaign of very many, see {@link
 * StrongCampaignTest}.
 */
class StrongSimulationTest {
    private static final int FIXED_SEEDS = 200;
    private static final int FRESH_SEEDS = 50;
    private static final int FIXED_SEEDS_OF_ONE_STATE = 80;
    private static final int FRESH_SEEDS_OF_ONE_STATE = 20;
    private static final int FIXED_SEEDS_OF_LIES = 60;
    private static final int FRESH_SEEDS_OF_LIES = 20;

    private static final int FIXED_SEEDS_OF_DETECTORS = 60;
    private static final int FRESH_SEEDS_OF_DETECTORS = 20;

    private static final int FIXED_SEEDS_OF_READERS = 60;
    private static final int FRESH_SEEDS_OF_READERS = 20;

    /** How many of the first seeds with long runs are run beside the others. */
    private static final int LONG_SEEDS = 12;

    /** Far longer than a caller waits, or a disk stalls. */
    private static final Duration LONG_FAULT = Duration.ofSeconds(10);

    @Test
    void operationsAreLinearizableAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        checkAll(one == null ? LongStream.rangeClosed(1, FIXED_SEEDS) : LongStream.of(one));
    }

    /** In each a replica lost its disk before another one had voted for the first time. */
    @Test
    void aDiskThatIsLostBeforeAllHaveVotedLeavesTheClusterAvailable() {
        LongStream.of(5_001_640, 5_001_722, 5_002_498).parallel().forEach(StrongSeed::check);
    }

    @Test
    void operationsAreLinearizableAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        checkAll(LongStream.range(first, first + count));
    }

    @Test
    void operationsAreLinearizableWhereOneReplicaSendsTheState() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS_OF_ONE_STATE);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all = LongStream.concat(
                LongStream.rangeClosed(1, FIXED_SEEDS_OF_ONE_STATE), LongStream.range(fresh, fresh + count));
        (one == null ? all : LongStream.of(one)).parallel().forEach(seed -> StrongSeed.check(seed, OneStates.always()));
    }

    @Test
    void operationsAreLinearizableAndEndThoughAClientLies() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS_OF_LIES);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all = LongStream.concat(
                LongStream.rangeClosed(1, FIXED_SEEDS_OF_LIES), LongStream.range(fresh, fresh + count));
        (one == null ? all : LongStream.of(one))
                .parallel()
                .forEach(seed -> StrongSeed.check(
                        seed, number -> SimulatedRun.withLies(number, SimulatedCluster.Variant.CORRECT)));
    }

    /** An opinion of a failure detector may cost time, and never safety. */
    @Test
    void operationsAreLinearizableAndEndThoughFailureDetectorsLie() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS_OF_DETECTORS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all = LongStream.concat(
                LongStream.rangeClosed(1, FIXED_SEEDS_OF_DETECTORS), LongStream.range(fresh, fresh + count));
        long lies = (one == null ? all : LongStream.of(one))
                .parallel()
                .mapToObj(seed -> StrongSeed.check(
                        seed, number -> SimulatedRun.withLyingDetector(number, SimulatedCluster.Variant.CORRECT)))
                .mapToLong(SimulatedRun::lies)
                .min()
                .orElseThrow();
        assertTrue(lies > 50, () -> "only " + lies + " lies in a run");
    }

    /** It may not finish what others leave halfway: replicas do so in its place. */
    @Test
    void readsOfANodeThatMayOnlyReadAreLinearizableAndEnd() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS_OF_READERS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all = LongStream.concat(
                LongStream.rangeClosed(1, FIXED_SEEDS_OF_READERS), LongStream.range(fresh, fresh + count));
        (one == null ? all : LongStream.of(one))
                .parallel()
                .forEach(seed -> StrongSeed.check(
                        seed, number -> SimulatedRun.withReader(number, SimulatedCluster.Variant.CORRECT)));
    }

    @Test
    void operationsAreLinearizableUnderFaultsOfTenSecondsAndMore() {
        long[] seeds = LongStream.iterate(1, seed -> seed + 1)
                .filter(seed -> RunShape.of(seed).isLong())
                .limit(LONG_SEEDS)
                .toArray();
        long count = LongStream.of(seeds)
                .parallel()
                .mapToObj(seed -> StrongSeed.check(seed).faults())
                .flatMap(List::stream)
                .filter(fault -> fault.to() - fault.from() > LONG_FAULT.toNanos())
                .count();
        assertTrue(count > LONG_SEEDS, () -> "only " + count + " faults lasted for over " + LONG_FAULT);
    }

    @Test
    void theSameSeedGivesTheSameTraceByteForByte() {
        for (long seed = 1; seed <= 8; seed++) {
            String first = SimulatedRun.traced(seed);
            assertEquals(first, SimulatedRun.traced(seed));
        }
    }

    @Test
    void anotherSeedGivesAnotherTrace() {
        long one = new SimulatedRun(1, SimulatedCluster.Variant.CORRECT)
                .simulation()
                .traceHash();
        long other = new SimulatedRun(2, SimulatedCluster.Variant.CORRECT)
                .simulation()
                .traceHash();
        assertNotEquals(one, other);
    }

    private static void checkAll(LongStream seeds) {
        seeds.parallel().forEach(StrongSeed::checkDrawn);
    }
}
