package io.coterie.consistency.simulated.members;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.fetch.StateSenders;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangedCluster.Call;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimDisk;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schedules that chance hardly ever draws, each of which makes one rule of changes count. Each
 * returns what does not hold, or null.
 */
final class Schedules {
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Longer than replicas take to collect a tombstone, and shorter than a driver proposes. */
    private static final Duration COLLECTION = Duration.ofSeconds(5);

    private Schedules() {}

    /** Nodes make their changes themselves, so that a test knows whose messages it loses. */
    static Variant withoutHomes(Variant variant, ConsensusRules rules) {
        return variant.withStore(context -> new StrongStore(context, rules, false, StateSenders.LARGE_BYTES));
    }

    /** Loses what ends a change of epoch 2, as long as it is held. */
    static class HeldCommit extends Wire {
        boolean held = true;

        /** Whether the records are transferred. */
        boolean proposed;

        @Override
        boolean passes(NodeId server, NodeId caller, Object request) {
            return !held || !(request instanceof KeeperMethods.Prepare prepare) || !isOfJoint(prepare);
        }

        @Override
        void sent(NodeId from, NodeId to, Object request) {
            proposed |= request instanceof KeeperMethods.Prepare prepare && isOfJoint(prepare);
        }

        static boolean isOfJoint(KeeperMethods.Prepare prepare) {
            return prepare.instance().base() == 2;
        }
    }

    private static ChangedCluster begin(HeldCommit wire, Variant variant) {
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(variant));
        cluster.put("c0", "k", "1");
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.begin("r0", "r1", "s", true);
        cluster.until("the records are transferred", () -> wire.proposed);
        return cluster;
    }

    private static void cut(ChangedCluster cluster, String one, String other) {
        cluster.simulation.network().cutBoth(cluster.node(one), cluster.node(other));
    }

    private static void heal(ChangedCluster cluster) {
        cluster.simulation.network().heal();
    }

    private static @Nullable String requireRead(ChangedCluster cluster, @Nullable String expected) {
        String found = cluster.get("c0", "k");
        return Objects.equals(expected, found) ? null : "read " + found + ", not " + expected;
    }

    /** A change that reaches r0 and r1 alone, of which one goes, once its key is transferred. */
    static @Nullable String changeAfterTheTransfer(ConsensusRules rules) {
        HeldCommit wire = new HeldCommit();
        ChangedCluster cluster = begin(wire, withoutHomes(Variant.CORRECT, rules));
        cut(cluster, "c0", "r2");
        cut(cluster, "c0", "s");
        Call put = cluster.begin("c0", "k", ChangedCluster.put("2"));
        cluster.runFor(SHORT);
        boolean early = put.isDone();
        wire.held = false;
        cluster.until("the change is made", () -> cluster.epoch("r2") == 3 && cluster.epoch("s") == 3);
        if (!early) {
            heal(cluster);
            cluster.until("the change of k ends", put::isDone);
        }
        cluster.node("r0").crash();
        heal(cluster);
        return requireRead(cluster, "2");
    }

    /** A change that r0 and r2 have; r0 loses its disk, and r1, which lacks it, is asked with r0. */
    static @Nullable String readWhileRecordsAreLost(ConsensusRules rules) {
        Wire wire = new Wire() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                return !(request instanceof ListMethod.Request);
            }
        };
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(withoutHomes(Variant.CORRECT, rules)));
        cluster.put("c0", "k", "1");
        cluster.runFor(SHORT);
        cut(cluster, "c0", "r1");
        cluster.put("c0", "k", "2");
        cluster.node("r0").crash();
        cluster.node("r0").disk().wipe();
        cluster.node("r0").start();
        cluster.until("r0 takes the place of its lost records", () -> {
            Configuration adopted = cluster.configuration("r1");
            return adopted != null && adopted.isMoving() && cluster.votes("r0");
        });
        heal(cluster);
        cut(cluster, "c0", "r2");
        Call get = cluster.begin("c0", "k", new Operation.Get());
        cluster.runFor(SHORT);
        heal(cluster);
        cluster.until("the read ends", get::isOver);
        return requireText(get, "2");
    }

    /** The disk of r0 is replaced by a copy from before its last start; r1 lacks the last change. */
    static @Nullable String readWithAnOlderCopy(Variant variant) {
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, withoutHomes(variant, ConsensusRules.CORRECT));
        cluster.put("c0", "k", "1");
        cluster.runFor(SHORT);
        SimNode node = cluster.node("r0");
        node.crash();
        SimDisk.Image copy = node.disk().image();
        node.start();
        cluster.untilSettled("r0");
        cut(cluster, "c0", "r1");
        cluster.put("c0", "k", "2");
        node.crash();
        node.disk().restore(copy);
        node.start();
        heal(cluster);
        cut(cluster, "c0", "r2");
        Call get = cluster.begin("c0", "k", new Operation.Get());
        cluster.runFor(SHORT);
        heal(cluster);
        cluster.until("the read ends", get::isOver);
        return requireText(get, "2");
    }

    private static @Nullable String requireText(Call get, String expected) {
        return expected.equals(get.text()) ? null : "read " + get.text() + ", not " + expected;
    }

    /** A change that r0 and r1 accept after they have listed, and before they know of the change. */
    static @Nullable String changeBetweenListAndAdoption(Variant variant) {
        Set<NodeId> unaware = Set.of(NodeId.of("r0"), NodeId.of("r1"));
        HeldCommit wire = new HeldCommit() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                boolean adopts = request instanceof Configuration && unaware.contains(server);
                boolean asks = request instanceof Long && unaware.contains(caller);
                return !held || (!adopts && !asks);
            }
        };
        wire.held = false;
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(withoutHomes(variant, ConsensusRules.CORRECT)));
        cluster.put("c0", "k", "1");
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.untilKnown("s", 1);
        wire.held = true;
        cluster.begin("r2", "r1", "s", true);
        cluster.until("r2 knows of the change", () -> cluster.epoch("r2") == 2);
        cluster.simulation.runUntil(() -> wire.proposed, Duration.ofSeconds(5));
        cut(cluster, "c0", "r2");
        cluster.put("c0", "k", "2");
        wire.held = false;
        cluster.until("the change is made", () -> cluster.epoch("r2") == 3 && cluster.epoch("s") == 3);
        cluster.node("r0").crash();
        heal(cluster);
        return requireRead(cluster, "2");
    }

    /** A delete that the newcomer misses after it has the key. */
    static @Nullable String deleteThatTheNewcomerMisses(Variant variant) {
        HeldCommit wire = new HeldCommit();
        ChangedCluster cluster = begin(wire, withoutHomes(variant, ConsensusRules.CORRECT));
        cluster.simulation.network().isolate(cluster.node("s"));
        cluster.run("c0", "k", new Operation.Delete());
        cluster.runFor(COLLECTION);
        wire.held = false;
        cluster.until(
                "the change is made",
                () -> cluster.epoch("r2") == 3 && cluster.members("r2").contains("s"));
        cluster.node("r0").crash();
        heal(cluster);
        return requireRead(cluster, null);
    }

    /** A delete that the member misses that is to go, in a change that is taken back. */
    static @Nullable String deleteThatTheLeavingMisses(Variant variant) {
        HeldCommit wire = new HeldCommit() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                return super.passes(server, caller, request) || caller.name().equals("r2");
            }
        };
        ChangedCluster cluster = begin(wire, withoutHomes(variant, ConsensusRules.CORRECT));
        cluster.simulation.network().isolate(cluster.node("r1"));
        cluster.run("c0", "k", new Operation.Delete());
        cluster.runFor(COLLECTION);
        cluster.abort("r2");
        cluster.until("the change is taken back", () -> cluster.epoch("r2") == 3);
        cluster.node("r0").crash();
        heal(cluster);
        return requireRead(cluster, null);
    }
}
