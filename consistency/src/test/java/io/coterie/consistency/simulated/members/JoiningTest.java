package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimDisk;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nodes that know no names of members. The address of a simulated node is its name. */
class JoiningTest {
    private static final int KEYS = 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    private ChangedCluster cluster = new ChangedCluster(5, 3, 1, Variant.CORRECT);

    private long incarnation(String at, String name) {
        Configuration adopted = Objects.requireNonNull(cluster.configuration(at));
        return adopted.named(NodeId.of(name)).get(0).id().incarnation();
    }

    private boolean isOpen(String name) {
        return Objects.requireNonNull(cluster.cluster.opening(cluster.node(name)))
                .isOpen();
    }

    @Test
    void aNewcomerFindsTheMembersAndIsAdded() {
        cluster.putAll("c0", KEYS, "1");
        cluster.joining("s", "nobody", "r1");
        cluster.untilKnown("s", 1);
        assertFalse(cluster.votes("s"));

        cluster.change("r0", null, "s", false).isMade();

        cluster.untilSettled("r0");
        assertEquals(Set.of("r0", "r1", "r2", "s"), cluster.members("s"));
        cluster.node("r0").crash();
        cluster.hasAll("s", KEYS, "1");
        cluster.putAll("s", KEYS, "2");
    }

    @Test
    void aNewcomerTakesThePlaceOfADeadMember() {
        cluster.putAll("c0", KEYS, "1");
        cluster.node("r2").crash();
        cluster.joining("s", "r2", "r0");
        cluster.untilKnown("s", 1);

        cluster.change("r1", "r2", "s", false).isMade();

        cluster.untilSettled("r0");
        cluster.node("r0").crash();
        cluster.until("s votes", () -> cluster.votes("s"));
        assertEquals(Set.of("r0", "r1", "s"), cluster.members("s"));
    }

    @Test
    void nobodyIsThereAtItsStartAndItWaitsAndSaysForWhat() {
        cluster.simulation.nodes().forEach(SimNode::crash);
        cluster.joining("s", "r0", "r1");
        cluster.runFor(LONG);
        assertEquals(0, cluster.epoch("s"));
        String problem = cluster.problem("s");
        assertTrue(problem.contains("no member is known yet"), problem);
        assertTrue(problem.contains("r0:7400: r0 has not answered"), problem);

        List.of("r0", "r1", "r2").forEach(name -> cluster.node(name).start());

        cluster.untilKnown("s", 1);
    }

    @Test
    void itIsSaidOnceAMinuteThatANodeWaits() {
        try (LogText log = new LogText()) {
            cluster.joining("s", "nobody");
            cluster.runFor(Duration.ofSeconds(190));
            assertEquals(3, log.count("this node has waited to join its cluster for"));
        }
    }

    /** Each of them alone would found a cluster of its own, and the three of them one together. */
    @Test
    void whoeverJoinsFoundsNoCluster() {
        ChangedCluster empty = new ChangedCluster(5, 1, 0, Variant.CORRECT);
        empty.node("r0").crash();
        List<NodeId> all = List.of(NodeId.of("s"), NodeId.of("t"), NodeId.of("u"));
        for (NodeId name : all) {
            empty.cluster.newcomer(empty.simulation, name.name(), all);
        }
        empty.cluster.join(empty.node("s"), List.of(NodeId.of("s")), List.of("t", "u"));
        empty.cluster.join(empty.node("t"), all, List.of("s", "u"));
        empty.cluster.list(empty.node("u"), all);
        all.forEach(name -> empty.node(name.name()).start());

        empty.runFor(Duration.ofMinutes(3));

        for (NodeId name : all) {
            assertEquals(0, empty.epoch(name.name()), name.name());
            assertFalse(empty.votes(name.name()), name.name());
        }
        assertTrue(empty.problem("u").contains("was started to join a cluster, so it founds none"), empty.problem("u"));
    }

    /** With the list in which it is alone, it would found a cluster of its own. */
    @Test
    void aFirstReplicaThatLostItsDiskFindsItsClusterAndHeals() {
        cluster = new ChangedCluster(5, 1, 1, Variant.CORRECT);
        cluster.putAll("c0", KEYS, "1");
        for (String name : List.of("s", "t")) {
            cluster.joining(name, "r0");
            cluster.untilKnown(name, 1);
            cluster.change("r0", null, name, false).isMade();
        }
        cluster.untilSettled("s");
        long before = incarnation("s", "r0");
        Configuration known = Objects.requireNonNull(cluster.configuration("s"));
        cluster.node("r0").crash();
        cluster.node("r0").disk().wipe();
        cluster.joins("r0", "s", "r0", "t");
        cluster.node("r0").start();

        cluster.until("r0 is a member with new records", () -> incarnation("s", "r0") != before);
        cluster.untilSettled("s");
        assertEquals(
                known.cluster(),
                Objects.requireNonNull(cluster.configuration("r0")).cluster());
        cluster.node("t").crash();
        cluster.hasAll("c0", KEYS, "1");
    }

    @Test
    void whatAJoinedReplicaAcknowledgedIsThereAfterItsRestartWithOtherAddresses() {
        cluster.joining("s", "r0");
        cluster.untilKnown("s", 1);
        cluster.change("r0", null, "s", false).isMade();
        cluster.untilSettled("r0");
        cluster.putAll("s", KEYS, "1");
        cluster.node("s").crash();
        cluster.joins("s", "nobody", "elsewhere");
        cluster.node("s").start();

        cluster.untilSettled("r0");
        cluster.node("r1").crash();
        cluster.hasAll("s", KEYS, "1");
    }

    /** It votes only once the others have confirmed that they know no later start of it. */
    @Test
    void anOlderCopyOfAJoinedReplicaIsRecognisedAndHeals() {
        cluster.joining("s", "r0");
        cluster.untilKnown("s", 1);
        cluster.change("r0", null, "s", false).isMade();
        cluster.untilSettled("r0");
        long before = incarnation("r0", "s");
        cluster.node("s").stop();
        SimDisk.Image copy = cluster.node("s").disk().image();
        cluster.node("s").start();
        cluster.untilSettled("r0");
        cluster.putAll("s", KEYS, "1");
        cluster.node("s").crash();
        cluster.node("s").disk().restore(copy);
        cluster.simulation.network().isolate(cluster.node("s"));
        cluster.node("s").start();
        cluster.runFor(LONG);
        assertFalse(cluster.votes("s"), "alone");
        cluster.simulation.network().heal();

        cluster.until("s is a member with new records", () -> incarnation("r0", "s") != before);
        cluster.untilSettled("r0");
        cluster.hasAll("s", KEYS, "1");
        assertNotEquals(before, incarnation("s", "s"));
    }

    @Test
    void theMembersAreOthersWhenItComesBackToThem() {
        cluster.joining("s", "r0", "t");
        cluster.untilKnown("s", 1);
        cluster.simulation.network().isolate(cluster.node("s"));
        for (String name : List.of("r0", "r1", "r2")) {
            String newcomer = name.equals("r0") ? "t" : name.equals("r1") ? "u" : "v";
            String at = name.equals("r0") ? "r2" : "t";
            cluster.joining(newcomer, "r2", "t");
            cluster.untilKnown(newcomer, 1);
            cluster.change(at, name, newcomer, true).isMade();
            cluster.untilKnown(newcomer, cluster.epoch(at));
            cluster.node(name).crash();
        }
        cluster.simulation.network().heal();

        cluster.untilKnown("s", cluster.epoch("t"));
        cluster.change("t", null, "s", false).isMade();
        assertEquals(Set.of("s", "t", "u", "v"), cluster.members("t"));
    }

    @Test
    void aClientThatKnowsAddressesFindsTheMembersAndItsStoresOpenThen() {
        cluster.put("c0", "k", "1");
        cluster.node("c0").crash();
        cluster.cluster.join(cluster.node("c0"), List.of(), List.of("nobody", "r2"));
        cluster.simulation.network().isolate(cluster.node("c0"));
        cluster.node("c0").start();
        cluster.runFor(LONG);
        assertFalse(isOpen("c0"));
        cluster.simulation.network().heal();

        cluster.untilKnown("c0", 1);
        cluster.until("the store is open", () -> isOpen("c0"));
        assertEquals("1", cluster.get("c0", "k"));
        assertNull(cluster.cluster.loop(cluster.node("c0")).searchProblem());
    }
}
