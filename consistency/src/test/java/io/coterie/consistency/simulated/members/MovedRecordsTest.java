package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.consistency.internal.replica.MemberChanges;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangedCluster.Call;
import io.coterie.consistency.simulated.members.ChangedCluster.Change;
import io.coterie.consistency.simulated.members.Schedules.HeldCommit;
import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What reaches the members after a change: all that was decided, and no more at a time than fits. */
class MovedRecordsTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final int PAGE_BYTES = 32 << 10;
    private static final int VALUE_BYTES = 5000;

    private static final Variant DIRECT = Schedules.withoutHomes(Variant.CORRECT, ConsensusRules.CORRECT);

    /** Loses the answers of replicas to a client that has proposed something. */
    private static final class Unheard extends HeldCommit {
        private boolean armed;
        private boolean accepted;

        Unheard(boolean holdsCommit) {
            held = holdsCommit;
        }

        @Override
        boolean passes(NodeId server, NodeId caller, Object request) {
            accepted |= armed && caller.name().equals("c0") && isAccept(request);
            return super.passes(server, caller, request);
        }

        private static boolean isAccept(Object request) {
            if (!(request instanceof Addressed<?> addressed)) {
                return false;
            }
            return addressed.request() instanceof ReplicaMethods.Accept
                    || (addressed.request() instanceof BatchedRequests<?> batch
                            && batch.received().get(0) instanceof ReplicaMethods.Accept);
        }
    }

    private static void silence(ChangedCluster cluster, String client, String... replicas) {
        for (String replica : replicas) {
            cluster.simulation.network().cut(cluster.node(replica), cluster.node(client));
        }
    }

    /** The client that made the change hears of no acceptance; another one reads it. */
    @Test
    void aStateThatWasAcceptedAndNotLearntMovesWhenAnAcceptorIsReplaced() {
        Unheard wire = new Unheard(false);
        ChangedCluster cluster = new ChangedCluster(1, 3, 2, wire.under(DIRECT));
        cluster.put("c0", "k", "1");
        cluster.runFor(SHORT);
        for (String client : List.of("c0", "c1")) {
            cluster.simulation.network().cutBoth(cluster.node(client), cluster.node("r2"));
        }
        wire.armed = true;
        Call put = cluster.begin("c0", "k", ChangedCluster.put("2"));
        cluster.until("a replica accepts it", () -> wire.accepted);
        silence(cluster, "c0", "r0", "r1");
        cluster.runFor(SHORT);
        assertFalse(put.isOver());
        cluster.node("c0").crash();
        assertEquals("2", cluster.get("c1", "k"));

        cluster.node("r1").crash();
        cluster.newcomer("s", "r0", "r2");
        cluster.change("r2", "r1", "s", false).isMade();
        cluster.node("r0").crash();
        cluster.simulation.network().heal();
        assertEquals("2", cluster.get("c1", "k"));
    }

    /** It reaches the newcomer, and not the other member that stays. */
    @Test
    void aChangeAfterItsKeyWasCopiedIsAtTheNextGroup() {
        HeldCommit wire = new HeldCommit();
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(DIRECT));
        cluster.put("c0", "k", "1");
        cluster.newcomer("s", "r0", "r1", "r2");
        Change change = cluster.begin("r0", "r1", "s", true);
        cluster.until("the records are transferred", () -> wire.proposed);
        cluster.simulation.network().cutBoth(cluster.node("c0"), cluster.node("r2"));
        cluster.put("c0", "k", "2");
        cluster.put("c0", "new", "2");
        wire.held = false;
        cluster.until("the change ends", change::isOver);
        change.isMade();
        cluster.node("r0").crash();
        cluster.simulation.network().heal();
        assertEquals("2", cluster.get("c0", "k"));
        assertEquals("2", cluster.get("c0", "new"));
    }

    /** It would be refused if it was made once more. */
    @Test
    void aConditionalChangeThatSpansTheEndOfAChangeIsMadeOnce() {
        Unheard wire = new Unheard(true);
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, wire.under(DIRECT));
        cluster.put("c0", "k", "1");
        cluster.newcomer("s", "r0", "r1", "r2");
        Change change = cluster.begin("r0", "r1", "s", true);
        cluster.until("the records are transferred", () -> wire.proposed);
        cluster.get("c0", "k");
        wire.armed = true;
        Call once = cluster.begin("c0", "k", new Operation.CompareAndSet(new byte[] {'1'}, new byte[] {'2'}));
        cluster.until("a replica accepts it", () -> wire.accepted);
        silence(cluster, "c0", "r0", "r1", "r2", "s");
        cluster.runFor(SHORT);
        assertFalse(once.isOver());
        wire.held = false;
        cluster.until("the change ends", change::isOver);
        change.isMade();
        cluster.simulation.network().heal();
        cluster.until("the conditional change ends", once::isOver);
        assertTrue(once.result().applied());
        assertEquals("2", cluster.get("c0", "k"));
    }

    /** While one replica is away its tombstones stay. Once it is replaced they go. */
    @Test
    void aDeletedKeyIsForgottenAfterAReplacementAndNeverComesBack() {
        ChangedCluster cluster = new ChangedCluster(1, 3, 1, Variant.CORRECT);
        cluster.put("c0", "k", "1");
        cluster.runFor(SHORT);
        cluster.node("r1").crash();
        cluster.run("c0", "k", new Operation.Delete());
        cluster.newcomer("s", "r0", "r2");
        cluster.change("r0", "r1", "s", false).isMade();
        cluster.until(
                "the key is forgotten everywhere",
                () -> List.of("r0", "r2", "s").stream()
                        .allMatch(
                                name -> cluster.cluster.loop(cluster.node(name)).localRecords() == 0));
        cluster.node("r1").start();
        cluster.runFor(SHORT);
        assertNull(cluster.get("c0", "k"));
        cluster.change("r0", null, "r1", false).isMade();
        cluster.untilSettled("r0");
        cluster.node("r0").crash();
        assertNull(cluster.get("c0", "k"));
        cluster.put("c0", "k", "2");
        assertEquals("2", cluster.get("c0", "k"));
    }

    /** Counts the bytes of a transfer that are in flight. */
    private static final class Flow extends Wire {
        private final Map<NodeId, Integer> lists = new HashMap<>();
        private int requests;
        private long inFlight;
        private long mostInFlight;
        private int mostRequests;
        private int mostLists;
        private long mostListed;

        /** What was listed with its state, and is not sent to the newcomer yet. */
        private long listed;

        @Override
        void sent(NodeId from, NodeId to, Object request) {
            if (request instanceof TransferMethod.Request transfer) {
                long bytes = bytes(transfer);
                requests++;
                inFlight += bytes;
                listed -= bytes;
                mostRequests = Math.max(mostRequests, requests);
                mostInFlight = Math.max(mostInFlight, inFlight);
            } else if (request instanceof ListMethod.Request) {
                mostLists = Math.max(mostLists, lists.merge(to, 1, Integer::sum));
            }
        }

        @Override
        void over(NodeId from, NodeId to, Object request, @Nullable Object answer) {
            if (request instanceof TransferMethod.Request transfer) {
                requests--;
                inFlight -= bytes(transfer);
            } else if (request instanceof ListMethod.Request list) {
                lists.merge(to, -1, Integer::sum);
                if (list.states() && answer instanceof ListMethod.Page page) {
                    listed += (long) page.entries().size() * VALUE_BYTES;
                    mostListed = Math.max(mostListed, listed);
                }
            }
        }

        private static long bytes(TransferMethod.Request transfer) {
            return transfer.known().stream()
                    .mapToLong(known -> known instanceof Known.Register register && register.state() != null
                            ? register.state().length
                            : 0)
                    .sum();
        }
    }

    /** What it would fetch by itself, it would get twice. */
    @Test
    void aNewcomerTakesNoCopiesByItselfBeforeItHasAll() {
        List<CopyRepair> repairs = new ArrayList<>();
        ChangedCluster cluster = new ChangedCluster(
                1,
                3,
                1,
                Variant.CORRECT.withLimits(limits(2_000, true)).withCopyRepair(Duration.ofMillis(10), repairs::add));
        cluster.putAll("c0", 400, "v".repeat(VALUE_BYTES));
        cluster.newcomer("s", "r0", "r1", "r2");
        cluster.change("r0", null, "s", false).isMade();
        CopyRepair last = repairs.get(repairs.size() - 1);
        assertEquals(0, last.taken(), "copies that the newcomer has taken");
    }

    /** 2 MB go to a disk that takes half a second for each write. */
    @Test
    void aNewcomerWithASlowDiskGetsAPageAtATimeAndTwoWait() {
        Flow flow = new Flow();
        ChangedCluster cluster = new ChangedCluster(
                1,
                3,
                1,
                flow.under(Variant.CORRECT.withChanges(
                        replication -> MemberChanges.start(replication, "", limits(PAGE_BYTES, false)))));
        int keys = 400;
        cluster.putAll("c0", keys, "v".repeat(VALUE_BYTES));
        SimNode slow = cluster.newcomer("s", "r0", "r1", "r2");
        slow.disk().jobTime(Duration.ofMillis(300), Duration.ofMillis(500));
        cluster.change("r0", null, "s", false).isMade();
        assertTrue(
                flow.mostInFlight > PAGE_BYTES / 2, () -> flow.mostInFlight + " bytes in flight are not of this test");
        assertTrue(flow.mostInFlight <= PAGE_BYTES, () -> flow.mostInFlight + " bytes in flight");
        assertEquals(1, flow.mostRequests, "requests to the newcomer at a time");
        assertEquals(1, flow.mostLists, "requests to one source at a time");
        assertTrue(flow.mostListed <= 3 * PAGE_BYTES, () -> flow.mostListed + " bytes listed ahead");
        cluster.node("r0").crash();
        cluster.node("r1").crash();
        cluster.node("r1").start();
        cluster.hasAll("c0", keys, "v".repeat(VALUE_BYTES));
    }

    private static TransferLimits limits(int pageBytes, boolean throttled) {
        return new TransferLimits(
                pageBytes,
                16,
                Duration.ofSeconds(20).toNanos(),
                Duration.ofMillis(100).toNanos(),
                Duration.ofSeconds(2).toNanos(),
                Duration.ofMinutes(1).toNanos(),
                throttled);
    }
}
