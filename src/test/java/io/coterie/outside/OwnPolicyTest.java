package io.coterie.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Exchange;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NodeClosedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A consistency policy that a user wrote against the public API alone. */
class OwnPolicyTest {
    private final InMemoryNetwork network = new InMemoryNetwork();
    private List<Coterie> nodes = List.of();

    @BeforeEach
    void start() {
        nodes = List.of(node("a"), node("b"), node("c"));
    }

    @AfterEach
    void close() {
        nodes.forEach(Coterie::close);
    }

    private Coterie node(String name) {
        return Coterie.builder()
                .cluster("policies")
                .self(name)
                .replica("a", "a:1")
                .replica("b", "b:1")
                .replica("c", "c:1")
                .transport(network.transportOf(name))
                .maxValueBytes(64 << 10)
                .operationTimeout(Duration.ofSeconds(3))
                .start();
    }

    private static Store<String, String> open(Coterie node) {
        Store<String, String> store = node.store("mine", Codec.utf8(), Codec.utf8(), new WriteAllReadOne());
        store.awaitReady(Duration.ofSeconds(30));
        return store;
    }

    @Test
    void everyReplicaHasWhatWasAcknowledged() {
        nodes.forEach(OwnPolicyTest::open);
        for (Coterie writer : nodes) {
            open(writer).put("k", "of " + writer.self());
            for (Coterie reader : nodes) {
                network.cutOff("a");
                network.cutOff("b");
                network.cutOff("c");
                String seen = open(reader).get("k");
                network.heal();
                assertEquals("of " + writer.self(), seen, "by the reader's own copy");
            }
        }
        assertNull(open(nodes.get(0)).get("never"));
    }

    @Test
    void aWriteThatNotAllConfirmIsUnknown() {
        Store<String, String> store = open(nodes.get(0));
        network.cutOff("c");

        OutcomeUnknownException unknown = assertThrows(OutcomeUnknownException.class, () -> store.put("k", "v"));

        assertTrue(unknown.getMessage().contains("a=answered, b=answered, c="), unknown.getMessage());
        assertEquals("v", store.get("k"));
    }

    @Test
    void unsupportedOperationsAreRefused() {
        Store<String, String> store = open(nodes.get(0));
        assertThrows(UnsupportedOperationException.class, () -> store.putIfAbsent("k", "v"));
        assertThrows(IllegalArgumentException.class, () -> store.withReadConsistency(Consistency.eventual()));
    }

    @Test
    void anExchangeThatFailsWithoutAValueIsTriedAgain() {
        Store<String, String> store =
                nodes.get(0).store("forgetful", Codec.utf8(), Codec.utf8(), new ForgetfulPolicy());
        assertEquals(new Exchange<>(false, "f"), store.compareAndExchange("k", "e", "n"));
        assertEquals(
                new Exchange<>(false, "f"),
                store.async().compareAndExchange("k", "e", "n").join());
    }

    @Test
    void itsNameKeepsOtherPoliciesAway() {
        open(nodes.get(0));
        Store<String, String> strong = nodes.get(1).store("mine", Codec.utf8(), Codec.utf8(), Consistency.strong());
        assertThrows(PolicyMismatchException.class, () -> strong.get("k"));
        assertTrue(
                nodes.get(0)
                        .status()
                        .toString()
                        .contains("store mine, write all, read one: writes need all 3 replicas"),
                () -> nodes.get(0).status().toString());
    }

    @Test
    void statusReportsTheFailuresThatReadsAndWritesSurvive() {
        open(nodes.get(0));
        assertTrue(
                nodes.get(0).status().toString().contains("now: reads survive 2 more failures, writes 0"),
                () -> nodes.get(0).status().toString());
    }

    @Test
    void itsStoreIsClosedWithTheNode() {
        Store<String, String> store = open(nodes.get(0));
        network.cutOff("c");
        CompletableFuture<Void> write = store.async().put("k", "v");

        nodes.get(0).close();

        CompletionException end = assertThrows(CompletionException.class, write::join);
        NodeClosedException closed = assertInstanceOf(NodeClosedException.class, end.getCause());
        assertTrue(closed.maybeExecuted());
    }
}
