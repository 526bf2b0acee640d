package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.SlowLink;
import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.PeerState;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations that begin when a majority of replicas is gone, with timeouts far longer than the test
 * may take.
 */
@Timeout(120)
class MajorityGraceTest {
    private static final Duration ENDLESS = Duration.ofHours(1);
    private static final long BYTES_PER_SECOND = 10_000_000;

    @TempDir
    Path directory;

    @Test
    void aWriteEndsAsNotAppliedAndIsNeverSeen() {
        try (LocalCluster cluster = LocalCluster.in(directory).with(builder -> builder.operationTimeout(ENDLESS))) {
            cluster.startAll();
            Store<String, String> store =
                    cluster.node("a").store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k", "before");
            cluster.close("b", "c");
            Await.until("both have said that they end", () -> thoughtToBe(PeerState.CLOSED, cluster.node("a")) == 2);
            for (int i = 0; i < 3; i++) {
                QuorumUnavailableException failure =
                        assertThrows(QuorumUnavailableException.class, () -> store.put("k", "never"));
                assertTrue(failure.getMessage().contains("was not begun"), failure::getMessage);
                assertTrue(failure.getMessage().contains("b=not connected: "), failure::getMessage);
                assertThrows(QuorumUnavailableException.class, () -> store.get("k"));
            }
            cluster.start("b");
            Await.until("b is back", () -> cluster.voting() == 2);
            assertEquals("before", store.get("k"));
        }
    }

    /** Its connections stay open, as those to a machine do that lost its power. */
    @Test
    void aMajorityThatIsSilentIsNotWaitedFor() throws IOException {
        List<SlowLink> links = new ArrayList<>();
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.startAll();
            CoterieBuilder builder =
                    Coterie.builder().cluster("test").client("client").operationTimeout(ENDLESS);
            for (String replica : List.of("a", "b", "c")) {
                SlowLink link = new SlowLink(cluster.port(replica), BYTES_PER_SECOND);
                links.add(link);
                builder.replica(replica, link.address());
            }
            try (Coterie client = builder.start()) {
                Store<String, String> store = client.store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
                store.put("k", "before");
                Await.until("all are heard of", () -> thoughtToBe(PeerState.UP, client) == 3);
                links.get(1).hold(true);
                links.get(2).hold(true);
                // The first replica still hears them.
                Await.until(
                        "the failure detector does not reach both",
                        () -> thoughtToBe(PeerState.UNREACHABLE_FROM_HERE, client) == 2);
                for (int i = 0; i < 3; i++) {
                    QuorumUnavailableException failure =
                            assertThrows(QuorumUnavailableException.class, () -> store.put("k", "never"));
                    assertTrue(failure.getMessage().contains("was not begun"), failure::getMessage);
                    assertTrue(failure.getMessage().contains("b=silent"), failure::getMessage);
                }
                links.get(1).hold(false);
                Await.until("b is heard of again", () -> thoughtToBe(PeerState.UNREACHABLE_FROM_HERE, client) == 1);
                assertEquals("before", store.withTimeout(ENDLESS).get("k"));
            }
        } finally {
            for (SlowLink link : links) {
                link.close();
            }
        }
    }

    private static long thoughtToBe(PeerState state, Coterie node) {
        return node.status().replicas().stream()
                .filter(replica -> replica.detector() == state)
                .count();
    }

    @Test
    void aMajorityThatComesBackWithinALongGraceIsWaitedFor() throws Exception {
        try (LocalCluster cluster = LocalCluster.in(directory)
                .with(builder -> builder.operationTimeout(ENDLESS).majorityGrace(ENDLESS))) {
            cluster.startAll();
            Store<String, String> store =
                    cluster.node("a").store("s", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k", "before");
            cluster.close("b", "c");
            Await.until("the connections are known to be gone", () -> cluster.voting() == 1);
            CompletableFuture<?> put = store.async().put("k", "after");
            Await.pass(Duration.ofSeconds(2)); // The usual grace is over.
            assertFalse(put.isDone());
            cluster.start("b");
            put.get();
            assertEquals("after", store.get("k"));
        }
    }
}
