package io.coterie.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Counters;
import io.coterie.Status;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.FailureDetection;
import io.coterie.failuredetector.PeerState;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A whole cluster over a transport that a user wrote against the public API alone. */
class PluggedTransportTest {
    private final InMemoryNetwork network = new InMemoryNetwork();
    private FailureDetection detection = FailureDetection.phiAccrual();

    private Coterie start(String name) {
        CoterieBuilder builder = Coterie.builder()
                .cluster("plugged")
                .replicas("a", "b", "c")
                .transport(network.transportOf(name))
                .operationTimeout(Duration.ofSeconds(10))
                .failureDetector(detection);
        if (name.equals("client")) {
            builder.client(name);
        } else {
            builder.self(name);
        }
        return builder.start();
    }

    @Test
    void aClusterRunsOverIt() {
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c");
                Coterie client = start("client")) {
            Store<String, String> strong = client.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
            strong.put("k", "1");
            assertTrue(a.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong())
                    .compareAndSet("k", "1", "2"));
            assertEquals("2", strong.get("k"));

            Store<String, String> eventual =
                    client.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            eventual.put("k", "v");
            Store<String, String> atC = c.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            Await.until("c sees it", () -> "v".equals(atC.get("k")));

            List<CompletableFuture<Long>> sums = new ArrayList<>();
            for (Coterie node : List.of(a, b, c, client)) {
                Counters<String> counters = node.counters("counters", Codec.utf8());
                for (int i = 0; i < 100; i++) {
                    sums.add(counters.async().addAndGet("n", 1));
                }
            }
            sums.forEach(CompletableFuture::join);
            assertEquals(400, b.counters("counters", Codec.utf8()).get("n"));
            assertTrue(network.carried() > 0);
        }
        assertTrue(network.isEmpty(), "closed with their nodes");
    }

    @Test
    void silentLossOfAMinorityChangesNothing() {
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c")) {
            Store<String, String> atA = a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            atA.put("k", "0");
            Await.until("all vote", () -> a.status().stores().get(0).writeFailuresSurvived() == 1);
            network.cutOff("c");
            atA.put("k", "1");
            assertEquals(
                    "1",
                    b.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .get("k"));

            network.heal();

            assertEquals(
                    "1",
                    c.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .get("k"));
        }
    }

    @Test
    void silentLossOfAMajorityRefusesWhatIsAskedForAndLeavesNothingUnknown() {
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c")) {
            Store<String, String> store = a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            a.awaitReady(Duration.ofSeconds(30));
            store.put("k", "before");
            Await.until(
                    "all are heard of",
                    () -> a.status().replicas().stream().allMatch(replica -> replica.detector() == PeerState.UP));
            network.cutOff("b");
            network.cutOff("c");
            Await.until(
                    "both are taken for down",
                    () -> a.status().replicas().stream()
                                    .filter(replica -> replica.detector() == PeerState.DOWN)
                                    .count()
                            == 2);

            QuorumUnavailableException refusal = assertThrows(
                    QuorumUnavailableException.class,
                    () -> store.withTimeout(Duration.ofHours(1)).put("k", "never"));

            assertTrue(refusal.getMessage().contains("was not begun"), refusal::getMessage);
            network.heal();
            Await.until(
                    "a majority is heard of again",
                    () -> a.status().replicas().stream()
                                    .filter(replica -> replica.detector() == PeerState.DOWN)
                                    .count()
                            < 2);
            assertEquals("before", store.get("k"));
            assertEquals(List.of("b", "c"), List.of(b.self().name(), c.self().name()));
        }
    }

    @Test
    void aReplicaThatIsSlowToAnswerIsNotCalledDead() {
        detection = FailureDetection.fixedTimeout(Duration.ofMinutes(10));
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c")) {
            Store<String, String> store = a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            a.awaitReady(Duration.ofSeconds(30));
            store.awaitReady(Duration.ofSeconds(30));
            assertEquals(
                    1,
                    b.status().replicas().stream()
                            .filter(one -> one.id().equals(c.self()))
                            .count());
            network.cutOff("c");

            Status status = a.status(Duration.ofMillis(300));

            assertTrue(status.toString().contains("replica c: no answer within 300 ms\n"), status.toString());
            assertEquals(1, status.stores().get(0).writeFailuresSurvived());
            network.heal();
        }
    }

    @Test
    void theThreadThatFeedsMessagesMayOpenAStore() throws Exception {
        ExecutorService feeder = Executors.newSingleThreadExecutor();
        network.feedBy(feeder);
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c")) {
            Store<String, String> store = feeder.submit(
                            () -> a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong()))
                    .get(30, TimeUnit.SECONDS);
            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertEquals(List.of("b", "c"), List.of(b.self().name(), c.self().name()));
        } finally {
            feeder.shutdown();
        }
    }

    @Test
    void aStoreIsNotOpenedOtherwiseByAReplicaThatMissedItsOpening() {
        try (Coterie a = start("a");
                Coterie b = start("b");
                Coterie c = start("c")) {
            network.cutOff("c");
            a.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong()).awaitReady(Duration.ofSeconds(30));
            network.heal();

            Store<String, String> weak = c.store("s", Codec.utf8(), Codec.utf8(), Consistency.eventual());
            PolicyMismatchException refusal = assertThrows(PolicyMismatchException.class, () -> weak.get("k"));

            assertTrue(refusal.getMessage().contains("recorded with policy \"strong\""), refusal.getMessage());
            assertEquals(
                    "s",
                    b.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong())
                            .name());
        }
    }
}
