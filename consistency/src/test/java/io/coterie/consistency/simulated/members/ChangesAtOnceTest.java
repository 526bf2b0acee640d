package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangedCluster.Change;
import io.coterie.consistency.simulated.members.Schedules.HeldCommit;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Changes that are asked for at several members at the same time. */
class ChangesAtOnceTest {
    private static final int SEEDS = 10;

    /** One of them is chosen. The others are refused for it, and made when they are asked for again. */
    @Test
    void ofThoseAtDifferentMembersOneIsMadeAndTheOthersSayThatItWasFirst() {
        int refused = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            ChangedCluster cluster = new ChangedCluster(seed, 3, 1, Variant.CORRECT);
            cluster.put("c0", "k", "1");
            List<String> names = List.of("s", "t", "u");
            List<Change> changes = new ArrayList<>();
            names.forEach(name -> cluster.newcomer(name, "r0", "r1", "r2"));
            for (int i = 0; i < 3; i++) {
                changes.add(cluster.begin("r" + i, null, names.get(i), false));
            }
            cluster.until("all end", () -> changes.stream().allMatch(Change::isOver));
            for (int i = 0; i < 3; i++) {
                Change change = changes.get(i);
                if (change.refusal() != null) {
                    refused++;
                    change.isRefused(Reason.ANOTHER_CHANGE);
                    assertTrue(text(change).startsWith("add " + names.get(i)), text(change));
                    cluster.untilSettled("r0");
                    cluster.change("r" + i, null, names.get(i), false).isMade();
                }
            }
            cluster.untilSettled("r0");
            assertEquals(new TreeSet<>(List.of("r0", "r1", "r2", "s", "t", "u")), cluster.members("r0"));
            assertEquals("1", cluster.get("c0", "k"));
        }
        assertTrue(refused >= SEEDS, refused + " are refused");
    }

    private static String text(Change change) {
        ChangeRefusedException refusal = Objects.requireNonNull(change.refusal());
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void withoutAMajorityAChangeIsRefusedWithWhoAnswersAndWhatToDo() {
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, Variant.CORRECT);
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.node("r1").crash();
        cluster.node("r2").crash();
        Change change = cluster.change("r0", "r1", "s", false);
        change.isRefused(Reason.NO_QUORUM);
        assertTrue(text(change).contains("[r0, s]"), text(change));
        assertTrue(text(change).contains("start those that are down, and ask again"), text(change));
        cluster.node("r2").start();
        cluster.runFor(Duration.ofSeconds(5));
        cluster.change("r0", "r1", "s", false).isMade();
    }

    /** It may be chosen later, so that it is not too late for certain. */
    @Test
    void withoutAMajorityAnAbortSaysSo() {
        HeldCommit wire = new HeldCommit();
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(Variant.CORRECT));
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.begin("r0", "r1", "s", true);
        cluster.until("the change begins", () -> cluster.epoch("r0") == 2);
        cluster.node("r1").crash();
        cluster.node("r2").crash();
        List<ChangeRefusedException> refusals = new ArrayList<>();
        cluster.node("r0")
                .execute(() -> cluster.cluster.changes(cluster.node("r0")).abort(refusals::add));
        cluster.until("the abort is refused", () -> !refusals.isEmpty());
        assertEquals(Reason.NO_QUORUM, refusals.get(0).reason(), refusals.get(0).getMessage());
    }
}
