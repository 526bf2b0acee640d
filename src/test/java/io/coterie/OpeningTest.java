package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.Candidacy;
import io.coterie.coordination.Coordination;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A node may be started, and used, before the others: what it opens is opened in the background.
 */
class OpeningTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);

    private static LocalCluster cluster() {
        return LocalCluster.inMemory().with(builder -> builder.operationTimeout(LONG));
    }

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void aNodeThatIsStartedAloneOpensItsStoresWhenOthersCome() {
        try (LocalCluster cluster = cluster()) {
            cluster.start("a");
            Store<String, String> store = texts(cluster.node("a"));
            Counters<String> counters = cluster.node("a").counters("counters", Codec.utf8());
            NotReadyException notReady = assertThrows(NotReadyException.class, () -> store.awaitReady(SHORT));
            assertTrue(
                    notReady.getMessage()
                            .contains("store \"texts\" is not open yet: it is recorded by 1 of the 2 replicas"),
                    notReady.getMessage());
            assertTrue(notReady.getMessage().contains("b=not connected: "), notReady.getMessage());
            CompletableFuture<Void> ready = store.readyAsync();
            assertFalse(ready.isDone());

            cluster.start("b", "c");

            store.awaitReady(LONG);
            ready.join();
            counters.awaitReady(LONG);
            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertEquals(1, counters.addAndGet("n", 1));
        }
    }

    @Test
    void anOperationBegunBeforeWaitsWithinItsOwnTime() {
        try (LocalCluster cluster = cluster()) {
            cluster.start("a");
            Store<String, String> store = texts(cluster.node("a"));
            CompletableFuture<Void> patient = store.async().put("k", "v");
            CompletableFuture<Map<String, String>> several = store.async().getAll(List.of("k", "l"));
            CompletableFuture<Page<String, String>> page = store.async().scan(Scan.all(), 10);

            QuorumUnavailableException late = assertThrows(
                    QuorumUnavailableException.class,
                    () -> store.withTimeout(SHORT).put("late", "v"));

            assertFalse(late.maybeExecuted());
            assertTrue(
                    late.getMessage()
                            .startsWith(
                                    "store \"texts\": Put was not begun in time, as the store is not open yet: it is"
                                            + " recorded by 1 of the 2 replicas needed; not applied"),
                    late.getMessage());
            assertTrue(late.getMessage().contains("b=not connected: "), late.getMessage());
            assertTrue(late.replicas().size() == 3, late.getMessage());
            assertThrows(
                    QuorumUnavailableException.class,
                    () -> store.withTimeout(SHORT).getAll(List.of("k")));
            assertThrows(
                    QuorumUnavailableException.class,
                    () -> store.withTimeout(SHORT).scan(Scan.all(), 10));
            assertFalse(patient.isDone());
            cluster.start("b", "c");
            patient.join();
            several.join();
            page.join();
            assertEquals(Map.of("k", "v"), store.scan(Scan.all(), 10).entries(), "what failed is not applied later");
        }
    }

    @Test
    void watchesReadingsAndLocksMayBeginBefore() throws InterruptedException {
        try (LocalCluster cluster = cluster()) {
            cluster.start("a");
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);
            List<String> reported = new CopyOnWriteArrayList<>();
            Watch watch = store.watch("k", change -> reported.add(String.valueOf(change.value())));
            CompletableFuture<String> near =
                    store.withReadConsistency(Consistency.eventual()).async().get("k");
            Coordination jobs = a.coordination("jobs");
            CompletableFuture<Optional<Lease>> lease =
                    jobs.lock("billing", Duration.ofSeconds(30)).async().tryAcquire(LONG);
            CountDownLatch elected = new CountDownLatch(1);
            Candidacy candidacy = jobs.election("boss", Duration.ofSeconds(30)).campaign(new LeadershipListener() {
                @Override
                public void elected(Lease led) {
                    elected.countDown();
                }

                @Override
                public void deposed() {}
            });
            assertThrows(NotReadyException.class, () -> jobs.awaitReady(SHORT));

            cluster.start("b", "c");

            jobs.awaitReady(LONG);
            assertTrue(lease.join().isPresent());
            assertTrue(elected.await(60, TimeUnit.SECONDS));
            near.join();
            texts(cluster.node("b")).put("k", "v");
            Await.until("the watch reports", () -> reported.contains("v"));
            watch.close();
            candidacy.close();
        }
    }

    @Test
    void anEventualStoreOpensAtAReplicaAlone() {
        try (LocalCluster cluster = cluster()) {
            cluster.start("a");
            Store<String, String> store =
                    cluster.node("a").store("tags", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            store.put("k", "v");
            assertEquals("v", store.get("k"));
        }
    }

    @Test
    void anotherPolicyIsLoggedOnceAndThrownByEachOperation() {
        try (LocalCluster cluster = cluster().startAll();
                LogText log = new LogText()) {
            texts(cluster.node("a")).awaitReady(LONG);
            Store<String, String> wrong =
                    cluster.node("b").store("texts", Codec.utf8(), Codec.utf8(), Consistency.eventual());

            for (int i = 0; i < 3; i++) {
                PolicyMismatchException refusal = assertThrows(PolicyMismatchException.class, () -> wrong.get("k"));
                assertTrue(refusal.getMessage().contains("recorded with policy \"strong\""), refusal.getMessage());
            }

            CompletionException ready = assertThrows(
                    CompletionException.class, () -> wrong.readyAsync().join());
            assertEquals(PolicyMismatchException.class, ready.getCause().getClass());
            assertEquals(1, log.count("b: store texts is not open, and every operation on it fails"));
            Store<String, String> right = texts(cluster.node("b"));
            right.put("k", "v");
            assertEquals("v", right.get("k"));
        }
    }

    @Test
    void aStoreMayBeOpenedOnTheLoop() {
        try (LocalCluster cluster = cluster().startAll()) {
            Coterie a = cluster.node("a");
            CompletableFuture<Void> put = texts(a).async()
                    .put("k", "v")
                    .thenCompose(done -> a.store("more", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .async()
                            .put("k", "v"));
            put.join();
            assertEquals(
                    "v",
                    a.store("more", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .get("k"));
        }
    }
}
