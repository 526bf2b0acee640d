package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.transfer.TransferLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A spare takes the place of a member that was silent for 20 s, and of nobody else. */
class AutoReplacementTest {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final String NO_SPARE = "no spare waits";

    private final LogText logged = new LogText();

    private static ChangingCluster world(int replicas) {
        return world(replicas, Set.of());
    }

    /** @param without the replicas that replace nobody */
    private static ChangingCluster world(int replicas, Set<String> without) {
        return new ChangingCluster(replicas, Variant.CORRECT.withChanges(replication -> {
            boolean acts = !without.contains(replication.self().name());
            @Nullable Duration silence = acts ? SILENCE : null;
            return MemberChanges.start(replication, "", TransferLimits.DEFAULT, silence);
        }));
    }

    @Test
    void aDeadMemberIsReplacedAfterThatTimeAndNotBefore() {
        ChangingCluster world = world(3);
        world.put("k", "v");
        world.newcomer("s", "r0", "r1", "r2");
        world.run(60);
        assertEquals("r0 r1 r2", world.members("r0"), "nobody is dead");
        world.node("r1").crash();
        world.run(19);
        assertEquals("r0 r1 r2", world.members("r0"), "too soon");
        world.run(5);
        assertEquals("r0 r1 r2 s *", world.members("r0"), "too late");
        world.await("r1 is replaced", () -> world.members("r0").equals("r0 r2 s"));
        world.node("r0").crash();
        assertEquals("v", world.get("k"));
    }

    @Test
    void withoutASpareNothingChangesAndThatIsSaidOnce() {
        try (logged) {
            ChangingCluster world = world(3);
            world.node("r1").crash();
            world.run(300);
            assertEquals("r0 r1 r2", world.members("r0"));
            assertEquals(1, logged.count(NO_SPARE));
            world.node("r1").start();
            world.run(30);
            world.node("r1").crash();
            world.run(30);
            assertEquals(2, logged.count(NO_SPARE), "it is dead again");
            world.newcomer("s", "r0", "r1", "r2");
            world.await("a spare helps", () -> world.members("r0").equals("r0 r2 s"));
        }
    }

    @Test
    void aMemberThatOneOtherDoesNotReachStays() {
        ChangingCluster world = world(3);
        world.newcomer("s", "r0", "r1", "r2");
        world.simulation.network().cutBoth(world.node("r0"), world.node("r1"));
        world.run(200);
        assertEquals("r0 r1 r2", world.members("r2"));
    }

    /** Two that are cut off are no majority, and must not take what the others have for dead. */
    @Test
    void membersWithoutAMajorityReplaceNobody() {
        ChangingCluster world = world(5);
        world.newcomer("s", "r0", "r1", "r2", "r3", "r4");
        world.run(5);
        world.node("r2").crash();
        world.node("r3").crash();
        world.node("r4").crash();
        world.run(200);
        assertEquals("r0 r1 r2 r3 r4", world.members("r0"));
    }

    @Test
    void aPausedMemberCountsNoSilenceFromBeforeItWoke() {
        ChangingCluster world = world(3);
        world.newcomer("s", "r0", "r1", "r2");
        world.run(5);
        world.node("r0").pause();
        world.run(10);
        world.node("r2").crash();
        world.run(7);
        world.node("r0").resume();
        world.run(19);
        assertEquals("r0 r1 r2", world.members("r0"), "r0 has looked for 19 s only");
        world.await("r2 is replaced", () -> world.members("r0").equals("r0 r1 s"));
    }

    @Test
    void aMemberThatComesAndGoesStays() {
        ChangingCluster world = world(3);
        world.newcomer("s", "r0", "r1", "r2");
        for (int i = 0; i < 20; i++) {
            world.node("r1").crash();
            world.run(15);
            world.node("r1").start();
            world.run(4);
        }
        assertEquals("r0 r1 r2", world.members("r0"));
    }

    /** r0 and r1 do not hear of one another, so that neither waits for the other. */
    @Test
    void twoThatActAtOnceReplaceADeadMemberOnce() {
        ChangingCluster world = world(5);
        world.put("k", "v");
        world.newcomer("s", "r0", "r1", "r2", "r3", "r4");
        world.newcomer("t", "r0", "r1", "r2", "r3", "r4");
        world.simulation.network().cutBoth(world.node("r0"), world.node("r1"));
        world.run(5);
        world.node("r4").crash();
        world.run(120);
        String members = world.members("r2");
        assertTrue(List.of("r0 r1 r2 r3 s", "r0 r1 r2 r3 t").contains(members), members);
        assertEquals("v", world.get("k"));
    }

    @Test
    void aMemberThatWasReplacedIsNoSpareWhenItComesBack() {
        ChangingCluster world = world(3);
        world.newcomer("s", "r0", "r1", "r2");
        world.node("r1").crash();
        world.await("r1 is replaced", () -> world.members("r0").equals("r0 r2 s"));
        world.node("r1").start();
        world.run(10);
        assertNotEquals(ReplicaState.VOTING, world.state("r1"));
        String problem =
                String.valueOf(world.cluster.replication(world.node("r1")).localProblem());
        assertTrue(problem.contains("is no member"), problem);
        world.node("r2").crash();
        world.run(100);
        assertEquals("r0 r2 s", world.members("r0"));
    }

    @Test
    void aMemberThatHasLeftIsNoSpare() {
        ChangingCluster world = world(4);
        ChangingCluster.Watched leaving = world.leave("r3", false);
        world.await("r3 has left", () -> leaving.over);
        world.node("r3").restart();
        world.node("r2").crash();
        world.run(100);
        assertEquals("r0 r1 r2", world.members("r0"));
    }

    /** Its process is the one that was a spare. */
    @Test
    void aSpareThatWasAMemberAndHasLeftIsNoSpareAnyLonger() {
        ChangingCluster world = world(4);
        world.newcomer("s", "r0", "r1", "r2", "r3");
        world.node("r3").crash();
        world.await("r3 is replaced", () -> world.members("r0").equals("r0 r1 r2 s"));
        world.await("s votes", () -> world.state("s") == ReplicaState.VOTING);
        ChangingCluster.Watched leaving = world.leave("s", false);
        world.await("s has left", () -> leaving.over);
        assertEquals("r0 r1 r2", world.members("r0"));
        world.node("r2").crash();
        world.run(100);
        assertEquals("r0 r1 r2", world.members("r0"));
    }

    @Test
    void oneSpareReplacesOneOfTwo() {
        try (logged) {
            ChangingCluster world = world(5);
            world.put("k", "v");
            world.newcomer("s", "r0", "r1", "r2", "r3", "r4");
            world.run(5);
            world.node("r3").crash();
            world.node("r4").crash();
            world.run(100);
            assertEquals("r0 r1 r2 r4 s", world.members("r0"));
            assertEquals(1, logged.count(NO_SPARE));
            world.node("r0").crash();
            assertEquals("v", world.get("k"));
        }
    }

    @Test
    void whereMostMembersDoNotLookNobodyIsReplaced() {
        ChangingCluster world = world(3, Set.of("r1"));
        world.newcomer("s", "r0", "r1", "r2");
        world.run(5);
        world.node("r2").crash();
        world.run(100);
        assertEquals("r0 r1 r2", world.members("r0"));
    }
}
