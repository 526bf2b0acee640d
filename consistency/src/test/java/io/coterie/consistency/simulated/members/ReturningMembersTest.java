package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Operation;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangedCluster.Call;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Nodes that were away, with what they knew, and nodes that come with nothing. */
class ReturningMembersTest {
    private static final int KEYS = 30;
    private static final Duration LONG = Duration.ofSeconds(30);

    private ChangedCluster cluster = new ChangedCluster(3, 3, 1, Variant.CORRECT);

    private MemberId member(String at, String name) {
        Configuration adopted = Objects.requireNonNull(cluster.configuration(at));
        return adopted.named(NodeId.of(name)).get(0).id();
    }

    private void isNoMember(String name) {
        assertFalse(cluster.votes(name), name);
        assertTrue(cluster.problem(name).contains("is no member"), cluster.problem(name));
    }

    @Test
    void aRemovedMemberThatReturnsWithItsRecordsDisturbsNobodyAndSaysSo() {
        cluster.putAll("c0", KEYS, "1");
        cluster.node("r1").crash();
        cluster.newcomer("s", "r0", "r2");
        cluster.change("r0", "r1", "s", false).isMade();
        cluster.putAll("c0", KEYS, "2");
        cluster.node("r1").start();
        cluster.runFor(LONG);
        assertEquals(3, cluster.epoch("r0"), "it makes no change");
        assertEquals(3, cluster.epoch("r1"));
        isNoMember("r1");
        cluster.hasAll("c0", KEYS, "2");
        cluster.node("r0").crash();
        cluster.hasAll("c0", KEYS, "2");
    }

    /** Two of three that were replaced were a quorum once, run on, and a client knows no others. */
    @Test
    void aQuorumOfBeforeServesNobody() {
        cluster.put("c0", "k", "1");
        cluster.simulation.network().isolate(cluster.node("c0"));
        cluster.simulation.network().isolate(cluster.node("r0"));
        cluster.newcomer("s", "r1", "r2");
        cluster.change("r2", "r0", "s", false).isMade();
        cluster.simulation.network().isolate(cluster.node("r1"));
        cluster.newcomer("t", "r2", "s");
        cluster.change("r2", "r1", "t", false).isMade();
        cluster.put("s", "k", "2");

        cluster.simulation.network().heal();
        cluster.simulation
                .network()
                .partition(
                        List.of(cluster.node("c0"), cluster.node("r0"), cluster.node("r1")),
                        List.of(cluster.node("r2"), cluster.node("s"), cluster.node("t")));
        Call get = cluster.begin("c0", "k", new Operation.Get());
        cluster.runFor(LONG);
        assertFalse(get.isOver(), "r0 and r1 are a quorum no more");
        cluster.simulation.network().heal();
        cluster.until("the read ends", get::isOver);
        assertEquals("2", get.text());
        cluster.runFor(LONG);
        isNoMember("r0");
        isNoMember("r1");
    }

    @Test
    void aNameThatIsUsedAgainWithAnEmptyDirectoryIsANewMember() {
        cluster.putAll("c0", KEYS, "1");
        MemberId before = member("r0", "r1");
        cluster.change("r0", "r1", null, true).isMade();
        cluster.node("r1").crash();
        cluster.node("r1").disk().wipe();
        cluster.node("r1").start();
        cluster.runFor(LONG);
        isNoMember("r1");
        cluster.change("r0", null, "r1", false).isMade();
        cluster.untilSettled("r0");
        assertNotEquals(before, member("r0", "r1"));
        cluster.node("r0").crash();
        cluster.hasAll("c0", KEYS, "1");
        cluster.putAll("c0", KEYS, "2");
        cluster.hasAll("c0", KEYS, "2");
    }

    /** The name that comes first is the one that begins a founding. */
    @Test
    void aFirstReplicaThatLostItsDiskFoundsNothingAndBecomesAMemberAgain() {
        cluster.putAll("c0", KEYS, "1");
        Configuration first = Objects.requireNonNull(cluster.configuration("r1"));
        cluster.node("r0").crash();
        cluster.node("r0").disk().wipe();
        cluster.simulation.network().isolate(cluster.node("r0"));
        cluster.node("r0").start();
        cluster.runFor(LONG);
        assertEquals(0, cluster.epoch("r0"), "alone");
        cluster.simulation.network().heal();
        cluster.until("r0 is a member again", () -> cluster.epoch("r0") == 3);
        cluster.untilSettled("r1");
        assertEquals(
                first.cluster(),
                Objects.requireNonNull(cluster.configuration("r0")).cluster());
        cluster.node("r1").crash();
        cluster.hasAll("c0", KEYS, "1");
    }

    /** It has an empty directory, and a list in which it is alone, as the cluster began. */
    @Test
    void aFirstReplicaThatFoundsAClusterOfItsOwnIsNotTakenForTheMember() {
        cluster = new ChangedCluster(3, 1, 1, Variant.CORRECT);
        cluster.putAll("c0", KEYS, "1");
        for (String name : List.of("s", "t")) {
            cluster.newcomer(name, "r0");
            cluster.change("r0", null, name, false).isMade();
        }
        cluster.node("r0").crash();
        cluster.node("r0").disk().wipe();
        cluster.node("r0").start();
        cluster.runFor(LONG);
        assertEquals(5, cluster.epoch("s"));
        assertNotEquals(
                Objects.requireNonNull(cluster.configuration("s")).cluster(),
                Objects.requireNonNull(cluster.configuration("r0")).cluster());
        cluster.hasAll("s", KEYS, "1");
        cluster.newcomer("u", "s", "t");
        cluster.change("s", "r0", "u", false).isMade();
        cluster.node("s").crash();
        cluster.hasAll("t", KEYS, "1");
    }

    @Test
    void deadMembersAreNeverRemovedByThemselves() {
        cluster = new ChangedCluster(3, 5, 1, Variant.CORRECT);
        cluster.putAll("c0", KEYS, "1");
        cluster.node("r3").crash();
        cluster.node("r4").crash();
        cluster.runFor(Duration.ofMinutes(20));
        assertEquals(1, cluster.epoch("r0"));
        assertEquals(5, cluster.members("r0").size());
        cluster.change("r0", "r4", null, false).isRefused(Reason.NO_VOTE_TO_SPARE);
        cluster.change("r0", "r1", null, true).isRefused(Reason.NO_QUORUM);
        cluster.hasAll("c0", KEYS, "1");
    }

    /** The client is stopped meanwhile, as a laptop that sleeps. One of the members is still there. */
    @Test
    void aClientThatSleptThroughTenConfigurationsFindsTheMembers() {
        cluster.putAll("c0", KEYS, "1");
        cluster.node("c0").pause();
        String leaving = "r0";
        for (String newcomer : List.of("s", "t", "u", "v", "w")) {
            cluster.newcomer(newcomer, "r1", "r2");
            cluster.change("r2", leaving, newcomer, true).isMade();
            cluster.node(leaving).crash();
            leaving = newcomer;
        }
        cluster.putAll("r2", KEYS, "2");
        assertEquals(11, cluster.epoch("r2"));
        cluster.node("c0").resume();
        cluster.hasAll("c0", KEYS, "2");
        assertEquals(cluster.epoch("r2"), cluster.epoch("c0"));
    }
}
