package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Operation;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangingCluster.Watched;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.ReplicaState;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A replica leaves, and the others have all that it had. */
class LeavingTest {
    private static void isRefused(Reason reason, Watched change) {
        assertNotNull(change.refusal, "it has left");
        assertEquals(reason, change.refusal.reason(), change.refusal.getMessage());
    }

    @Test
    void aMemberLeavesAndDoesNotComeBackByItself() {
        ChangingCluster world = new ChangingCluster(4, Variant.CORRECT);
        world.put("k", "v");
        Watched leaving = world.leave("r3", false);
        world.await("r3 has left", () -> leaving.over);
        assertNull(leaving.refusal);
        world.node("r3").stop();
        world.node("r0").crash();
        assertEquals("v", world.get("k"));
        world.node("r0").start();
        world.node("r3").start();
        world.run(30);
        assertEquals("r0 r1 r2", world.members("r1"));
        assertNotEquals(ReplicaState.VOTING, world.state("r3"));
    }

    /** Who closes at once needs to know that a majority has the configuration without it. */
    @Test
    void aMemberHasLeftOnlyOnceAMajorityOfTheOthersHasThatDurably() {
        ChangingCluster world = new ChangingCluster(4, Variant.CORRECT);
        Watched leaving = world.leave("r3", false);
        world.await("the change is made", () -> world.members("r3").equals("r0 r1 r2"));
        // Only r0 may have heard of it.
        world.node("r1").pause();
        world.node("r2").pause();
        world.run(20);
        assertFalse(leaving.over, "r0 alone knows, or nobody");
        world.node("r1").resume();
        world.await("r3 has left", () -> leaving.over);
        world.node("r3").crash();
        world.node("r2").resume();
        world.await(
                "all know",
                () -> Stream.of("r0", "r1", "r2")
                        .allMatch(name -> world.members(name).equals("r0 r1 r2")));
        world.put("k", "v");
    }

    @Test
    void whatOnlyTheLeavingMemberHadOfAnEventualStoreStays() {
        ChangingCluster world = new ChangingCluster(4, Variant.EVENTUAL);
        for (String other : new String[] {"r0", "r1", "r2"}) {
            world.simulation.network().cutBoth(world.node("c0"), world.node(other));
        }
        world.put("k", "v");
        Watched leaving = world.leave("r3", false);
        world.await("r3 has left", () -> leaving.over);
        assertNull(leaving.refusal);
        world.node("r3").crash();
        world.simulation.network().heal();
        long having = Stream.of("r0", "r1", "r2")
                .filter(name -> world.cluster.loop(world.node(name)).localRecords() == 1)
                .count();
        assertTrue(having >= 2, having + " have it");
    }

    /** The member has listed all that it has when the value comes, and nobody else can be reached. */
    @Test
    void aMemberThatLeavesTakesNoValueForItselfAlone() {
        ChangingCluster world = new ChangingCluster(4, Variant.EVENTUAL);
        world.put("k", "v");
        Watched leaving = world.leave("r3", false);
        world.await("the change is running", () -> leaving.epoch > 0);
        world.node("r0").pause();
        world.node("r1").pause();
        for (String other : new String[] {"r0", "r1", "r2"}) {
            world.simulation.network().cutBoth(world.node("c0"), world.node(other));
        }
        world.run(1);
        List<Object> late = world.begin("late", new Operation.Put(new byte[] {1}));
        world.run(1);
        assertEquals(List.of(), late, "it is acknowledged");
        world.node("r0").resume();
        world.node("r1").resume();
        world.await("r3 has left", () -> leaving.over);
        world.node("r3").crash();
        world.simulation.network().heal();
        world.await("the operation ends", () -> !late.isEmpty());
        assertFalse(late.get(0) instanceof Throwable, () -> "it fails: " + late);
    }

    @Test
    void aMemberThatEndsWhileItLeavesIsRemovedByAnother() {
        ChangingCluster world = new ChangingCluster(4, Variant.CORRECT);
        world.put("k", "v");
        Watched leaving = world.leave("r3", false);
        world.await("the change is running", () -> leaving.epoch > 0);
        world.node("r3").crash();
        world.await("another member removes it", () -> world.members("r0").equals("r0 r1 r2"));
        assertEquals("v", world.get("k"));
    }

    @Test
    void aMemberThatIsNeededDoesNotLeave() {
        ChangingCluster world = new ChangingCluster(3, Variant.CORRECT);
        Watched needed = world.leave("r2", false);
        world.await("it is refused", () -> needed.over);
        isRefused(Reason.NO_VOTE_TO_SPARE, needed);
        assertTrue(needed.refusal.getMessage().contains("Add a member first"), needed.refusal.getMessage());
        Watched first = world.leave("r2", true);
        Watched second = world.leave("r1", true);
        world.await("both have ended", () -> first.over && second.over);
        assertEquals(
                1, Stream.of(first, second).filter(each -> each.refusal == null).count());
        assertEquals(2, world.configuration("r0").members().size());
    }

    @Test
    void theLastMemberDoesNotLeave() {
        ChangingCluster world = new ChangingCluster(1, Variant.CORRECT);
        Watched last = world.leave("r0", true);
        world.await("it is refused", () -> last.over);
        isRefused(Reason.LAST_MEMBER, last);
    }
}
