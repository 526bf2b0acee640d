package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.MemberChange;
import io.coterie.Status;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores with quorums of their own, at real nodes. */
class ChosenQuorumsTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final QuorumSystem HEAVY = QuorumSystem.weights(Map.of("a", 3, "b", 1, "c", 1));

    @TempDir
    Path directory;

    private static Store<String, String> open(Coterie node, ConsistencyPolicy policy) {
        Store<String, String> store = node.store("s", Codec.utf8(), Codec.utf8(), policy);
        store.awaitReady(WAIT);
        return store;
    }

    private static Status.StoreStatus status(Coterie node) {
        return node.status().stores().get(0);
    }

    private static void refused(String part, Runnable task) {
        String text = assertThrows(IllegalArgumentException.class, task::run).getMessage();
        assertTrue(text.contains(part), () -> "\"" + text + "\" lacks \"" + part + "\"");
    }

    @Test
    void oneHeavyReplicaIsEnoughAndTheStatusSaysSo() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> store =
                    open(cluster.node("a"), Consistency.strong().quorums(HEAVY, HEAVY));
            assertEquals(0, status(cluster.node("a")).writeFailuresSurvived(), "the heavy one may be the next to fail");
            cluster.close("b", "c");
            Await.until(
                    "b and c are missed",
                    () -> cluster.node("a").status().toString().contains("refused"));

            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertTrue(store.compareAndSet("k", "v", "w"));
            assertEquals(0, status(cluster.node("a")).readFailuresSurvived());
            assertEquals(0, status(cluster.node("a")).writeFailuresSurvived());
            assertTrue(status(cluster.node("a")).promise().contains("weights(a=3,b=1,c=1;3)"));
        }
    }

    @Test
    void withoutTheHeavyReplicaNothingBegins() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie b = cluster.node("b");
            Store<String, String> store = open(b, Consistency.strong().quorums(HEAVY, HEAVY));
            store.put("k", "v");
            cluster.close("a");
            Await.until("a is missed", () -> status(b).writeFailuresSurvived() < 0);

            assertEquals(-1, status(b).writeFailuresSurvived());
            String text = assertThrows(QuorumUnavailableException.class, () -> store.put("k", "w"))
                    .getMessage();
            assertTrue(text.contains("no quorum of prepare weights(a=3"), text);
        }
    }

    @Test
    void quorumsThatDoNotMeetAreRefusedWithTwoThatShareNoMember() {
        refused(
                "share no member",
                () -> Consistency.strong().quorums(QuorumSystem.rows(3, 3), QuorumSystem.rows(3, 3)));
        refused("share no member", () -> Consistency.strong().quorums(HEAVY, QuorumSystem.atLeast(1)));
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            refused(
                    "the prepare quorum [a] and the accept quorum [b, c]",
                    () -> open(a, Consistency.strong().quorums(QuorumSystem.atLeast(1), QuorumSystem.atLeast(2))));
            refused(
                    "has 9 members",
                    () -> open(a, Consistency.strong().quorums(QuorumSystem.rows(3, 3), QuorumSystem.columns(3, 3))));
            refused(
                    "threw java.lang.IllegalStateException: broken",
                    () -> open(a, Consistency.strong().quorums(QuorumSystem.all(), QuorumSystem.own("mine", names -> {
                        throw new IllegalStateException("broken");
                    }))));
            open(a, Consistency.strong().quorums(QuorumSystem.all(), QuorumSystem.atLeast(1)));
        }
    }

    @Test
    void allNodesOpenAStoreWithTheSameQuorums() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            open(cluster.node("a"), Consistency.strong().quorums(HEAVY, HEAVY));
            open(cluster.node("b"), Consistency.strong().quorums(HEAVY, HEAVY)).put("k", "v");
            assertThrows(PolicyMismatchException.class, () -> open(cluster.node("c"), Consistency.strong()));
        }
    }

    @Test
    void aChangeToMembersWithoutQuorumsIsRefused() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = open(a, Consistency.strong().quorums(HEAVY, HEAVY));
            store.put("k", "v");
            cluster.listing("a", "b", "c", "d").start("d");
            for (Supplier<MemberChange> asked : List.<Supplier<MemberChange>>of(
                    () -> a.members().add("d", "127.0.0.1:" + cluster.port("d")),
                    () -> a.members().remove("c"))) {
                MemberChange change = asked.get();
                ChangeRefusedException refused = assertThrows(ChangeRefusedException.class, () -> change.await(WAIT));
                assertEquals(ChangeRefusedException.Reason.QUORUMS_UNDEFINED, refused.reason());
                assertTrue(refused.getMessage().contains("store \"s\""), refused.getMessage());
            }
            assertEquals("v", store.get("k"));
        }
    }

    /** Its name is among the weights, and it gets all that a quorum of the others has. */
    @Test
    void aReplicaThatLostItsDiskComesBackUnderItsName() {
        QuorumSystem two = QuorumSystem.weights(Map.of("a", 1, "b", 1, "c", 1), 2);
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> store =
                    open(cluster.node("a"), Consistency.strong().quorums(two, two));
            for (int i = 0; i < 100; i++) {
                store.put("k" + i, "v" + i);
            }
            cluster.close("c");
            cluster.start("c");
            Await.until(
                    "c votes with new records",
                    () -> cluster.node("a").status().epoch() > 1
                            && status(cluster.node("a")).writeFailuresSurvived() == 1);
            cluster.close("b");
            for (int i = 0; i < 100; i++) {
                assertEquals("v" + i, store.get("k" + i));
            }
        }
    }

    @Test
    void anEventualStoreNeedsAsManyAsItsPolicyAsksFor() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = open(a, Consistency.eventual().read(2).write(QuorumSystem.majority()));
            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertEquals(1, status(a).readFailuresSurvived());
            assertThrows(
                    PolicyMismatchException.class,
                    () -> a.store("s", Codec.utf8(), Codec.utf8(), Consistency.eventual()),
                    "at one node a store has one policy");
            cluster.close("b", "c");
            Await.until("b and c are missed", () -> status(a).writeFailuresSurvived() < 0);

            assertEquals(-1, status(a).readFailuresSurvived());
            Store<String, String> hurried = store.withTimeout(Duration.ofMillis(300));
            CoterieException write = assertThrows(OutcomeUnknownException.class, () -> hurried.put("k", "w"));
            assertTrue(write.getMessage().contains("no write quorum"), write::getMessage);
            CoterieException read = assertThrows(QuorumUnavailableException.class, () -> hurried.get("k"));
            assertTrue(read.getMessage().contains("no read quorum"), read::getMessage);
        }
    }

    @Test
    void aReadThatMeetsEachWriteSeesWhatWasAcknowledged() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Store<String, String> one =
                    open(cluster.node("a"), Consistency.eventual().write(QuorumSystem.all()));
            Store<String, String> other = open(cluster.node("b"), Consistency.eventual());
            for (int i = 0; i < 200; i++) {
                one.put("k", "v" + i);
                assertEquals("v" + i, other.get("k"));
            }
        }
    }

    @Test
    void countsOutOfRangeAreNamed() {
        refused("give 1 to", () -> Consistency.eventual().read(0));
        refused("give 1 to", () -> Consistency.eventual().write(0));
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            refused(
                    "give 1 to 3",
                    () -> open(cluster.node("a"), Consistency.eventual().write(4)));
            refused(
                    "give 1 to 3",
                    () -> open(cluster.node("a"), Consistency.eventual().read(4)));
        }
    }
}
