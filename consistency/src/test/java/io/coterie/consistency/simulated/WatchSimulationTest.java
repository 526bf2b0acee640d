package io.coterie.consistency.simulated;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.checks.Amounts;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Voters;
import io.coterie.simulation.history.Contradiction;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Watches under crashes, pauses, partitions, loss, delay, duplication and reordering, against what
 * the disks of all replicas have: versions rise, nothing is delivered that was not chosen, all that
 * is left out is reported as missed, and the last state is reached. And that each of these is
 * caught when it is broken.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds. A replay: {@code
 * -Dcoterie.seed=S} runs that seed alone.
 */
class WatchSimulationTest {
    private static final int FIXED_SEEDS = 30;
    private static final int MIN_DELIVERED = 21;
    private static final int FRESH_SEEDS = 10;
    private static final int BROKEN_SEEDS = 60;
    private static final int CHOSEN_SEEDS = 20;

    @Test
    void listenersGetWhatIsPromisedAtTheFixedSeeds() {
        Long one = Long.getLong("coterie.seed");
        (one == null ? LongStream.rangeClosed(1, FIXED_SEEDS) : LongStream.of(one))
                .parallel()
                .forEach(seed -> check(seed, SimulatedCluster.Variant.CORRECT)
                        .requireEnough(pages(seed).replay()));
    }

    @Test
    void listenersGetWhatIsPromisedAtFreshSeeds() {
        long first = System.nanoTime() & Long.MAX_VALUE >>> 8;
        int count = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        System.out.println("fresh seeds: " + first + " to " + (first + count - 1));
        LongStream.range(first, first + count)
                .parallel()
                .mapToObj(seed -> check(seed, SimulatedCluster.Variant.CORRECT))
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("from seed " + first + " on: ");
    }

    /** Those that agree on an older state may be an accept quorum, too: one is enough. */
    @Test
    void listenersGetWhatIsPromisedWhereOneReplicaAccepts() {
        String policy = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1)).policyName("strong");
        LongStream.rangeClosed(1, CHOSEN_SEEDS)
                .parallel()
                .mapToObj(seed -> check(
                        seed, () -> new WatchRun(seed, SimulatedCluster.Variant.CORRECT.withPolicy(policy), size -> 1)))
                .reduce(Amounts.NONE, Amounts::plus)
                .requireEnough("with one that accepts: ");
    }

    @Test
    void aListenerThatGetsWhatOneReplicaAcceptedIsCaught() {
        assertCaught("delivered at the first accept", WatchSimulationTest::deliveredAtTheFirstAccept);
    }

    static SimulatedCluster.Variant deliveredAtTheFirstAccept() {
        return rules(new ConsensusRules() {
            @Override
            public boolean isChosenForWatch(Voters voters, long replicas) {
                return true;
            }
        });
    }

    @Test
    void aMissingParentThatIsNotReportedIsCaught() {
        assertCaught(
                "missing parent ignored",
                () -> rules(new ConsensusRules() {
                    @Override
                    public boolean follows(RegisterState next, Ballot seen, boolean isAbsent) {
                        return true;
                    }
                }));
    }

    @Test
    void aGapAfterWhichNothingIsReadIsCaught() {
        assertCaught(
                "nothing read after a gap",
                () -> rules(new ConsensusRules() {
                    @Override
                    public boolean mustReadAfterGap(boolean wasRead) {
                        return !wasRead;
                    }
                }));
    }

    private static SimulatedCluster.Variant rules(ConsensusRules rules) {
        return SimulatedCluster.Variant.CORRECT.withRules(context -> rules);
    }

    private static ViolationPages pages(long seed) {
        return new ViolationPages("WatchSimulationTest", seed);
    }

    /**
     * Runs a seed, in which everything promised must hold, and returns how much was delivered in
     * it.
     */
    static Amounts check(long seed, SimulatedCluster.Variant variant) {
        return check(seed, () -> new WatchRun(seed, variant));
    }

    private static Amounts check(long seed, Supplier<WatchRun> runs) {
        ViolationPages pages = pages(seed);
        WatchRun run;
        try {
            run = runs.get();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(pages.replay() + e, e);
        }
        Contradiction problem = run.problem();
        pages.requireNone(problem == null ? List.of() : List.of(problem), run.faults());
        return Amounts.NONE.with("states were delivered", run.delivered(), MIN_DELIVERED);
    }

    private static void assertCaught(String name, Supplier<SimulatedCluster.Variant> broken) {
        for (long seed = 1; seed <= BROKEN_SEEDS; seed++) {
            Contradiction problem = new WatchRun(seed, broken.get()).problem();
            if (problem != null) {
                System.out.println(name + ": caught at seed " + seed + ": " + problem.problem());
                return;
            }
        }
        fail(name + " was not caught within " + BROKEN_SEEDS + " seeds");
    }
}
