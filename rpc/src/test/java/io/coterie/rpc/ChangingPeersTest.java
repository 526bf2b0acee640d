package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that come, move and go while a node runs, over TCP. */
class ChangingPeersTest {
    private static final RpcMethod<String, String> SILENT = new RpcMethod<>("silent", Codec.utf8(), Codec.utf8(), true);
    private static final NodeId B = NodeId.of("b");
    private static final CallOptions ONCE = CallOptions.within(Duration.ofSeconds(10));

    private final Nodes nodes = new Nodes();
    private final List<String> events = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void aPeerThatIsSetLaterIsDialedAndDialedAgainAfterALoss() {
        RpcNode a = alone();
        RpcNode b = nodes.listening("b");
        assertUnknown(a);

        set(a, b.boundAddress());

        assertEquals("1", Nodes.echo(a, b, "1"));
        b.close();
        Await.until("loss", () -> !a.isConnected(B));
        RpcNode again = nodes.echoing(Nodes.builder("b").listen(b.boundAddress()));
        assertEquals("2", Nodes.echo(a, again, "2"));
    }

    @Test
    void aPeerThatMovesLosesItsConnectionOnceAndIsDialedAtTheNewAddress() {
        RpcNode first = nodes.listening("b");
        RpcNode second = nodes.listening("b");
        second.serveInline(named("second"), (caller, text) -> text);
        first.serveInline(SILENT, (caller, text, answer) -> {});
        RpcNode a = listening(nodes.dialing("a", first));
        assertEquals("1", Nodes.echo(a, first, "1"));
        CompletableFuture<String> inFlight = a.call(B, SILENT, "x", ONCE);
        Nodes.echo(a, first, "in order");
        events.clear();

        set(a, second.boundAddress());

        assertTrue(Nodes.failureOf(ConnectionLostException.class, inFlight).maybeExecuted());
        assertEquals("x", Nodes.get(a.call(B, named("second"), "x", Nodes.PATIENT)));
        assertEquals(List.of("-b", "+b"), events);
        assertNull(a.lastFailure(B));
        first.close();
        assertEquals("2", Nodes.echo(a, second, "2"));
        assertEquals(List.of("-b", "+b"), events);
    }

    @Test
    void aMoveThatComesWhileTheOldAddressIsDialedIsFollowed() {
        RpcNode a = nodes.start(Nodes.builder("a")
                .peer("b", "127.0.0.1:1")
                .reconnect(RetryPolicy.exponential(Duration.ofHours(1), Duration.ofHours(1))));
        Await.until("refusal", () -> String.valueOf(a.lastFailure(B)).startsWith("connection refused"));
        RpcNode b = nodes.listening("b");

        set(a, b.boundAddress());

        assertEquals("1", Nodes.echo(a, b, "1"));
    }

    @Test
    void theSameAddressAgainAndTheNodeItselfChangeNothing() {
        RpcNode b = nodes.listening("b");
        RpcNode a = listening(nodes.dialing("a", b));
        assertEquals("1", Nodes.echo(a, b, "1"));
        events.clear();

        set(a, b.boundAddress());
        Nodes.onLoop(a, loop -> {
            loop.setPeer(a.self(), b.boundAddress());
            loop.removePeer(a.self());
        });

        assertEquals("2", Nodes.echo(a, b, "2"));
        assertEquals(List.of(), events);
    }

    @Test
    void aPeerThatIsRemovedIsLostOnceAndNeverDialedAgain() {
        RpcNode b = nodes.listening("b");
        RpcNode a = listening(nodes.dialing("a", b));
        b.serveInline(SILENT, (caller, text, answer) -> {});
        assertEquals("1", Nodes.echo(a, b, "1"));
        CompletableFuture<String> inFlight = a.call(B, SILENT, "x", ONCE);
        Nodes.echo(a, b, "in order");
        events.clear();

        remove(a);

        Nodes.failureOf(ConnectionLostException.class, inFlight);
        Await.until("loss", () -> !b.isConnected(a.self()));
        assertUnknown(a);
        assertNull(a.lastFailure(B));
        // A peer that is still dialed would be connected by then: it is dialed again after 10 ms.
        RpcNode c = nodes.listening("c");
        Nodes.onLoop(a, loop -> loop.setPeer(c.self(), c.boundAddress()));
        assertEquals("2", Nodes.echo(a, c, "2"));
        assertFalse(b.isConnected(a.self()));
        assertEquals(List.of("-b", "+c"), events);
    }

    @Test
    void aPeerThatCannotBeDialedIsForgottenWhenItIsRemoved() {
        RpcNode a = nodes.start(Nodes.builder("a").listen("127.0.0.1:0").peer("b", "127.0.0.1:1"));
        Await.until("refusal", () -> String.valueOf(a.lastFailure(B)).startsWith("connection refused"));

        remove(a);

        assertUnknown(a);
        assertNull(a.lastFailure(B));
        RpcNode b = nodes.listening("b");
        set(a, b.boundAddress());
        assertEquals("1", Nodes.echo(a, b, "1"));
    }

    @Test
    void aClientThatBecomesAPeerIsConnectedAnew() {
        RpcNode a = listening(nodes.listening("a"));
        RpcNode b = nodes.echoing(Nodes.builder("b").listen("127.0.0.1:0").peer(a.self(), a.boundAddress()));
        assertEquals("1", Nodes.echo(b, a, "1"));
        Await.until("connection", () -> events.contains("+b"));

        set(a, b.boundAddress());

        Await.until("loss and connection", () -> events.size() >= 3);
        assertEquals(List.of("+b", "-b", "+b"), events);
        assertEquals("2", Nodes.echo(a, b, "2"));
    }

    @Test
    void theAnswerToTheRequestThatMakesItsCallerAPeerIsStillSent() {
        RpcNode a = nodes.listening("a");
        RpcNode b = nodes.echoing(Nodes.builder("b").listen("127.0.0.1:0").peer(a.self(), a.boundAddress()));
        a.serveInline(named("join"), (caller, text, answer) -> {
            a.loop().setPeer(caller, b.boundAddress());
            answer.reply("welcome");
        });
        Nodes.echo(b, a, "connected");

        assertEquals("welcome", Nodes.get(b.call(a.self(), named("join"), "x", ONCE)));
        assertEquals("1", Nodes.echo(a, b, "1"));
    }

    @Test
    void wrongUseIsRefused() {
        RpcNode a = alone();
        HostPort address = new HostPort("127.0.0.1", 7400);
        assertThrows(IllegalStateException.class, () -> a.loop().setPeer(B, address));
        assertThrows(IllegalStateException.class, () -> a.loop().removePeer(B));
        assertThrows(IllegalStateException.class, () -> a.loop().setReplicas(Set.of(B)));
        Nodes.onLoop(
                a,
                loop -> assertThrows(
                        IllegalArgumentException.class, () -> loop.setPeer(B, new HostPort("127.0.0.1", 0))));
    }

    private RpcNode alone() {
        return listening(nodes.listening("a"));
    }

    private RpcNode listening(RpcNode node) {
        node.addPeerListener(new PeerListener() {
            @Override
            public void onConnected(NodeId peer) {
                events.add("+" + peer);
            }

            @Override
            public void onDisconnected(NodeId peer, String reason) {
                events.add("-" + peer);
            }
        });
        return node;
    }

    private static RpcMethod<String, String> named(String name) {
        return new RpcMethod<>(name, Codec.utf8(), Codec.utf8(), true);
    }

    private static void set(RpcNode node, HostPort address) {
        Nodes.onLoop(node, loop -> loop.setPeer(B, address));
    }

    private static void remove(RpcNode node) {
        CompletableFuture<Void> removed = new CompletableFuture<>();
        Nodes.onLoop(node, loop -> {
            loop.removePeer(B);
            node.world().scheduler().execute(() -> removed.complete(null));
        });
        Nodes.get(removed);
    }

    private static void assertUnknown(RpcNode node) {
        PeerUnavailableException failure =
                Nodes.failureOf(PeerUnavailableException.class, node.call(B, Nodes.ECHO, "x", ONCE));
        String unknown = "b is not connected: it has not dialed this node, and is not a peer that this node dials";
        assertTrue(failure.getMessage().contains(unknown), failure.getMessage());
    }
}
