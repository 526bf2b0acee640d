package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Scans under crashes, pauses, partitions, loss, delay, duplication and reordering, and that broken ones are caught.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds. A replay: {@code -Dcoterie.seed=S} runs that seed alone.
 */
class ScanSimulationTest {
    private static final int FIXED_SEEDS = 30;
    private static final int FRESH_SEEDS = 10;
    private static final int BROKEN_SEEDS = 60;

    @Test
    void pagesHaveWhatTheyMustAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, FIXED_SEEDS) : LongStream.of(one))
                .parallel()
                .forEach(ScanSimulationTest::check);
    }

    @Test
    void pagesHaveWhatTheyMustAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        LongStream.range(first, first + count).parallel().forEach(ScanSimulationTest::check);
    }

    @Test
    void aPageOfOneReplicaIsCaught() {
        assertCaught("a page of one replica", true);
    }

    @Test
    void aPageOfWhatIsNotChosenIsCaught() {
        assertCaught("a page of what is not chosen", false);
    }

    private static SimulatedCluster.Variant broken(boolean oneReplica) {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Scans newScans(StoreContext of) {
                return new Scans(of, this) {
                    @Override
                    ScanRound newRound(KeyRange range, int limit, long deadline, ScanCompletion completion) {
                        return new ScanRound(this, range, limit, deadline, completion) {
                            @Override
                            int needed() {
                                return oneReplica ? 1 : super.needed();
                            }

                            @Override
                            boolean isChosen(int agreeing) {
                                return true;
                            }
                        };
                    }
                };
            }
        });
    }

    private static void check(long seed) {
        String replay = "seed " + seed + " fails; replay it with: mvn test -pl :coterie-consistency -am"
                + " -Dtest=ScanSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dcoterie.seed=" + seed + "\n";
        ScanRun run;
        try {
            run = new ScanRun(seed, SimulatedCluster.Variant.CORRECT);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(replay + e, e);
        }
        assertNull(run.problem(), () -> replay + run.problem());
        assertTrue(run.pages() > 10, () -> replay + "only " + run.pages() + " pages were read");
    }

    private static void assertCaught(String name, boolean oneReplica) {
        for (long seed = 1; seed <= BROKEN_SEEDS; seed++) {
            String problem = new ScanRun(seed, broken(oneReplica)).problem();
            if (problem != null) {
                System.out.println(name + ": caught at seed " + seed + ": " + problem);
                return;
            }
        }
        fail(name + " was not caught within " + BROKEN_SEEDS + " seeds");
    }
}
