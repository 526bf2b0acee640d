package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Members change while stores have quorums of their own. */
class ChosenQuorumsChangesTest {
    private static final long SEEDS = Long.getLong("coterie.seeds", 16);

    /** Every set of that many members: systems of a user's own, for groups of every size. */
    private static QuorumSystem sets(String name, IntUnaryOperator size) {
        return QuorumSystem.own(name, names -> {
            List<Set<String>> quorums = new ArrayList<>();
            for (int bits = 0; bits < 1 << names.size(); bits++) {
                if (Integer.bitCount(bits) == size.applyAsInt(names.size())) {
                    Set<String> quorum = new TreeSet<>();
                    for (int i = 0; i < names.size(); i++) {
                        if ((bits & 1 << i) != 0) {
                            quorum.add(names.get(i));
                        }
                    }
                    quorums.add(quorum);
                }
            }
            return quorums;
        });
    }

    private static Variant variant(QuorumPair pair) {
        return Variant.CORRECT.withPolicy(pair.policyName("strong")).withStore(context -> {
            NodeReplication.of(context.loop()).quorums().opened(context.store(), pair);
            return new StrongStore(context);
        });
    }

    private static int acceptSize(int members) {
        return members < 4 ? Quorums.majority(members) : 2;
    }

    /** The quorums are majorities, but nobody may take them for such: so all must hold that holds for these. */
    @Test
    void changesAreMadeAndNothingIsLost() {
        QuorumSystem half = sets("half", Quorums::majority);
        AtomicLong commits = new AtomicLong();
        LongStream.rangeClosed(1, SEEDS).parallel().forEach(seed -> {
            ViolationPages pages = new ViolationPages("ChosenQuorumsChangesTest", seed);
            ChangesRun run = new ChangesRun(seed, variant(new QuorumPair(half, half)));
            assertTrue(run.problems().isEmpty(), () -> pages.replay() + String.join("\n", run.problems()));
            pages.requireLinearizable(run.verdict(), run.faults());
            pages.requireNone(run.contradictions(), run.faults());
            assertTrue(run.isSettled(), () -> pages.replay() + "the members do not settle: " + run.text());
            assertTrue(run.answersEverywhere(), () -> pages.replay() + run.text());
            commits.addAndGet(run.commits());
        });
        assertTrue(commits.get() > SEEDS / 2, commits + " changes");
    }

    /** Two prepare quorums share more than one member, and two accept quorums may share none. */
    @Test
    void nothingIsLostWhereAcceptQuorumsDoNotMeet() {
        requireNothingLost(new QuorumPair(many(), two()));
    }

    /** Two accept quorums share members, and two prepare quorums may share none. */
    @Test
    void nothingIsLostWherePrepareQuorumsDoNotMeet() {
        requireNothingLost(new QuorumPair(two(), many()));
    }

    private static QuorumSystem many() {
        return sets("many", members -> members - acceptSize(members) + 1);
    }

    private static QuorumSystem two() {
        return sets("two", ChosenQuorumsChangesTest::acceptSize);
    }

    private static void requireNothingLost(QuorumPair pair) {
        AtomicLong commits = new AtomicLong();
        AtomicLong answers = new AtomicLong();
        LongStream.rangeClosed(1, SEEDS).parallel().forEach(seed -> {
            ViolationPages pages = new ViolationPages("ChosenQuorumsChangesTest", seed);
            ChangesRun run = new ChangesRun(seed, variant(pair));
            pages.requireLinearizable(run.verdict(), run.faults());
            pages.requireNone(run.contradictions(), run.faults());
            commits.addAndGet(run.commits());
            answers.addAndGet(run.history().count(Outcome.OK));
        });
        System.out.println(commits + " changes, " + answers + " answers");
        assertTrue(
                commits.get() > SEEDS / 4 && answers.get() > 100 * SEEDS,
                commits + " changes, " + answers + " answers");
    }

    /** Only the dead one knows whether it has promised or accepted something. */
    @Test
    void aChangeThatNeedsTheDeadMemberIsRefused() {
        QuorumPair pair = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1));
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, Variant.CORRECT.withPolicy(pair.policyName("strong")));
        cluster.putAll("c0", 3, "v");
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.node("r2").crash();
        cluster.change("r0", "r2", "s", false).isRefused(Reason.NO_QUORUM);
        assertEquals(Set.of("r0", "r1", "r2"), cluster.members("r0"));
        cluster.node("r2").start();
        cluster.change("r0", "r2", "s", true).isMade();
        cluster.hasAll("c0", 3, "v");
    }
}
