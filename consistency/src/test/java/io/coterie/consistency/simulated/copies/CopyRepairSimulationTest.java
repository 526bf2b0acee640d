package io.coterie.consistency.simulated.copies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.simulated.StrongSeed;
import io.coterie.consistency.simulated.checks.Amounts;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Replicas take from one another what they missed: each has each copy again some time after the
 * last fault, without any read, and nothing that is promised breaks by it.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds instead of 20. A replay:
 * {@code -Dcoterie.seed=S} runs that seed alone.
 */
class CopyRepairSimulationTest {
    private static final int FIXED_SEEDS = 60;
    private static final int FRESH_SEEDS = 20;

    /** Far more often than ever: copies are taken in the middle of changes. */
    private static final Duration RESTLESS = Duration.ofMillis(10);

    private static LongStream seeds() {
        Long one = Long.getLong("coterie.seed");
        long fresh = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + fresh + " to " + (fresh + count - 1));
        LongStream all =
                LongStream.concat(LongStream.rangeClosed(1, FIXED_SEEDS), LongStream.range(fresh, fresh + count));
        return (one == null ? all : LongStream.of(one)).parallel();
    }

    private static Amounts agrees(long seed, Variant variant) {
        String replay = new ViolationPages("CopyRepairSimulationTest", seed).replay();
        CopyRun run = new CopyRun(seed, variant, true);
        assertEquals(Map.of(), run.differing(), () -> replay + "copies differ though nothing is written");
        return Amounts.NONE
                .with("operations were answered", run.answered(), 30)
                .with("copies were taken", run.taken(), 10);
    }

    @Test
    void strongStoresHaveAllCopiesAgain() {
        seeds().mapToObj(seed -> agrees(seed, Variant.CORRECT))
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("in all runs: ");
    }

    @Test
    void eventualStoresHaveAllCopiesAgain() {
        seeds().mapToObj(seed -> agrees(seed, Variant.EVENTUAL))
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("in all runs: ");
    }

    /** Otherwise the two tests above would show nothing. */
    @Test
    void copiesDifferWhereNobodyTakesThem() {
        for (Variant variant : new Variant[] {Variant.CORRECT, Variant.EVENTUAL}) {
            assertTrue(LongStream.rangeClosed(1, 20)
                            .parallel()
                            .filter(seed -> !new CopyRun(seed, variant, false)
                                    .differing()
                                    .isEmpty())
                            .count()
                    >= 10);
        }
    }

    @Test
    void operationsStayLinearizable() {
        seeds().mapToObj(seed -> {
                    List<CopyRepair> repairs = new ArrayList<>();
                    StrongSeed.check(seed, Variant.CORRECT.withCopyRepair(RESTLESS, repairs::add));
                    long taken = repairs.stream().mapToLong(CopyRepair::taken).sum();
                    return Amounts.NONE.with("copies were taken", taken, 1);
                })
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("in all runs: ");
    }
}
