package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.broken.BrokenDeletes;
import io.coterie.consistency.simulated.checks.Amounts;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedStorage;
import io.coterie.simulation.history.Outcome;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Keys that are deleted, forgotten and written again all the time, under faults, while journals are
 * compacted: linearizable, and all is forgotten in the end.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N seeds. A replay: {@code -Dcoterie.seed=S}
 * runs that seed alone.
 */
class DeletionSimulationTest {
    private static final int USUAL_SEEDS = 100;

    private static final int MIN_ANSWERS = 40;
    private static final int MIN_COMPACTED = 3;

    /** On average: it may be fewer in one run. */
    private static final int MIN_FORGOTTEN = 31;

    /** A few files, each with the space that is filled with zeros ahead of use. */
    private static final long MAX_BYTES = 600_000;

    /** Journals are so small that they are compacted all the time. */
    private static final SimulatedCluster.Variant CORRECT =
            SimulatedCluster.Variant.CORRECT.withStorage(SimulatedStorage::ofSmallFiles);

    /** Within so many seeds a broken variant must be caught. */
    private static final int SEEDS = 400;

    /** Within so many seeds of runs that are struck a broken variant must be caught. */
    private static final int SEEDS_OF_STRIKES = 40;

    private static final int SEEDS_OF_REPAIRS = 40;

    private static final int AT_ONCE = 4;

    @Test
    void deletesAreLinearizableAndFreeMemory() {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one == null
                ? LongStream.rangeClosed(1, Integer.getInteger("coterie.seeds", USUAL_SEEDS))
                : LongStream.of(one);
        seeds.parallel()
                .mapToObj(seed -> {
                    DeletionRun run = check(seed, CORRECT);
                    Amounts amounts = Amounts.NONE
                            .with("operations were answered", run.history().count(Outcome.OK), MIN_ANSWERS)
                            .with("journals were compacted", run.compactedJournals(), MIN_COMPACTED);
                    if (seed <= USUAL_SEEDS) {
                        amounts.requireEnough(pages(seed).replay());
                    }
                    return amounts.with("keys were forgotten", run.removed(), MIN_FORGOTTEN);
                })
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("in all runs: ");
    }

    /** A copy of a tombstone must not come back again and again. */
    @Test
    void deletedKeysAreForgottenWhileReplicasTakeCopies() {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one == null ? LongStream.rangeClosed(1, SEEDS_OF_REPAIRS) : LongStream.of(one);
        long taken = seeds.parallel()
                .map(seed -> {
                    ViolationPages pages = pages(seed);
                    DeletionRun run = DeletionRun.repaired(seed, CORRECT);
                    pages.requireLinearizable(run.verdict(), run.faults());
                    assertEquals(
                            0, run.recordsLeft(), () -> pages.replay() + "records are left though all was deleted");
                    return run.taken();
                })
                .sum();
        assertTrue(one != null || taken > SEEDS_OF_REPAIRS, () -> "only " + taken + " copies were taken");
    }

    @Test
    void whatARestartMustRememberOfAbsentKeysIsRemembered() {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one == null ? LongStream.rangeClosed(1, SEEDS_OF_STRIKES) : LongStream.of(one);
        seeds.parallel().forEach(DeletionSimulationTest::checkStruck);
    }

    /**
     * The run that all other variants are caught by has too few keys that are forgotten just before
     * a restart.
     */
    @Test
    void aReplicaThatForgetsItsFloorAtARestartIsCaught() {
        mustBeCaught(
                "floor forgotten at restart",
                SEEDS_OF_STRIKES,
                seed -> DeletionRun.struck(seed, BrokenDeletes.floorForgotten()));
    }

    /** Changes may come again when their key was deleted and forgotten: that is caught, too. */
    @Test
    void aHorizonOfAbsentKeysThatIsIgnoredIsCaught() {
        mustBeCaught(
                "horizon of absent keys ignored", SEEDS, seed -> new DeletionRun(seed, BrokenDeletes.horizonIgnored()));
    }

    private static void mustBeCaught(String name, int seeds, LongFunction<DeletionRun> broken) {
        for (long from = 1; from <= seeds; from += AT_ONCE) {
            OptionalLong caught = LongStream.range(from, from + AT_ONCE)
                    .parallel()
                    .filter(seed -> !broken.apply(seed).verdict().isLinearizable())
                    .min();
            if (caught.isPresent()) {
                System.out.println(name + ": caught at seed " + caught.getAsLong());
                return;
            }
        }
        fail(name + " was not caught within " + seeds + " seeds");
    }

    private static void checkStruck(long seed) {
        ViolationPages pages = pages(seed);
        DeletionRun run;
        try {
            run = DeletionRun.struck(seed, CORRECT);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        assertEquals(0, run.recordsLeft(), () -> pages.replay() + "records are left though all was deleted");
    }

    private static ViolationPages pages(long seed) {
        return new ViolationPages("DeletionSimulationTest", seed);
    }

    /** Runs a seed, in which everything promised must hold. */
    static DeletionRun check(long seed, SimulatedCluster.Variant variant) {
        ViolationPages pages = pages(seed);
        String replay = pages.replay();
        DeletionRun run;
        try {
            run = new DeletionRun(seed, variant);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay + e, e);
        }
        pages.requireLinearizable(run.verdict(), run.faults());
        assertEquals(0, run.recordsLeft(), () -> replay + "records are left though all was deleted");
        assertTrue(run.largestDisk() < MAX_BYTES, () -> replay + "a journal has " + run.largestDisk() + " bytes");
        return run;
    }
}
