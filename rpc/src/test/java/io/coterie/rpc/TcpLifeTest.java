package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpLifeTest {
    private static final RpcMethod<String, String> SILENT =
            new RpcMethod<>("silent", Codec.utf8(), Codec.utf8(), false);

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void aPeerThatRestartsIsConnectedAgain() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.dialing("a", b);
        List<String> events = new CopyOnWriteArrayList<>();
        a.addPeerListener(new PeerListener() {
            @Override
            public void onConnected(NodeId peer) {
                events.add("connected " + peer);
            }

            @Override
            public void onDisconnected(NodeId peer, String reason) {
                events.add("disconnected " + peer);
            }
        });
        assertEquals("1", Nodes.echo(a, b, "1"));
        b.serveInline(SILENT, (caller, text, answer) -> {});
        CompletableFuture<String> inFlight = a.call(b.self(), SILENT, "x", CallOptions.within(Duration.ofSeconds(20)));
        a.call(b.self(), Nodes.ECHO, "in order", Nodes.PATIENT).join();

        b.close();

        ConnectionLostException lost = Nodes.failureOf(ConnectionLostException.class, inFlight);
        assertTrue(lost.maybeExecuted());
        Await.until("refusal", () -> String.valueOf(a.lastFailure(b.self())).startsWith("connection refused by"));
        assertFalse(a.isConnected(b.self()));

        RpcNode again = nodes.echoing(Nodes.builder("b").listen(b.boundAddress()));
        assertEquals("2", Nodes.echo(a, again, "2"));
        assertNull(a.lastFailure(b.self()));
        // The first connection may have been there before there was a listener to notify of it.
        assertEquals(List.of("disconnected b", "connected b"), events.subList(events.size() - 2, events.size()));
    }

    @Test
    void aPeerThatComesBackHasTheOthersDialedAtOnce() {
        RpcNode b = nodes.listening("b");
        RpcNode c = nodes.listening("c");
        b.close();
        c.close();
        RpcNode a = nodes.start(Nodes.builder("a")
                .listen("127.0.0.1:0")
                .peer(b.self(), b.boundAddress())
                .peer(c.self(), c.boundAddress())
                .reconnect(RetryPolicy.exponential(Duration.ofHours(1), Duration.ofHours(1))));
        for (RpcNode away : List.of(b, c)) {
            Await.until(
                    "refusal", () -> String.valueOf(a.lastFailure(away.self())).startsWith("connection refused"));
        }
        nodes.start(Nodes.builder("c").listen(c.boundAddress()));
        assertFalse(a.isConnected(c.self()));

        nodes.start(Nodes.builder("b").listen(b.boundAddress()).peer(a.self(), a.boundAddress()));

        Await.until("connection", () -> a.isConnected(b.self()) && a.isConnected(c.self()));
    }

    @Test
    void aCallToAPeerThatIsNotThereReportsWhy() {
        RpcNode b = nodes.listening("b");
        HostPort address = b.boundAddress();
        b.close();
        RpcNode a = nodes.start(Nodes.builder("a").peer(NodeId.of("b"), address));
        Await.until("refusal", () -> String.valueOf(a.lastFailure(b.self())).startsWith("connection refused"));

        PeerUnavailableException failure = Nodes.failureOf(
                PeerUnavailableException.class,
                a.call(b.self(), Nodes.ECHO, "x", CallOptions.within(Duration.ofSeconds(10))));

        assertTrue(failure.getMessage().contains("b is not connected: connection refused by " + address));
        assertFalse(failure.maybeExecuted());
    }

    @Test
    void aHostThatIsNotKnownIsReported() {
        RpcNode a = nodes.start(Nodes.builder("a").peer("b", "no-such-host.invalid:7400"));

        Await.until(
                "failed look-up",
                () -> String.valueOf(a.lastFailure(NodeId.of("b")))
                        .equals("the host of no-such-host.invalid:7400 is not known"));
    }

    @Test
    void closeEndsCallsThreadsAndFreesThePort() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.dialing("a", b);
        assertEquals("x", Nodes.echo(a, b, "x"));
        b.serveInline(SILENT, (caller, text, answer) -> {});
        CompletableFuture<String> inFlight = a.call(b.self(), SILENT, "x", Nodes.PATIENT);
        a.call(b.self(), Nodes.ECHO, "in order", Nodes.PATIENT).join();

        a.close();
        a.close();
        b.close();

        assertTrue(Nodes.failureOf(NodeClosedException.class, inFlight).maybeExecuted());
        Await.until(
                "end of threads",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("coterie-a")
                                || thread.getName().equals("coterie-b")));
        RpcNode other = nodes.start(Nodes.builder("other").listen(b.boundAddress()));
        assertEquals(b.boundAddress(), other.boundAddress());
    }

    @Test
    void closeOnTheLoopDoesNotWaitForItself() {
        RpcNode b = nodes.listening("b");

        CompletableFuture<Void> closed =
                CompletableFuture.runAsync(b::close, b.world().scheduler()::execute);

        Nodes.get(closed);
        nodes.start(awaitPort(Nodes.builder("other").listen(b.boundAddress()), b));
    }

    private static RpcNodeBuilder awaitPort(RpcNodeBuilder builder, RpcNode closing) {
        Await.until(
                "end of thread",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("coterie-" + closing.self())));
        return builder;
    }

    @Test
    void aCallAfterCloseFailsAndWasNotExecuted() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.dialing("a", b);
        a.close();

        NodeClosedException failure =
                Nodes.failureOf(NodeClosedException.class, a.call(b.self(), Nodes.ECHO, "x", Nodes.PATIENT));

        assertFalse(failure.maybeExecuted());
    }

    @Test
    void noCallIsForgottenWhenTheNodeIsClosedMeanwhile() {
        for (int round = 0; round < 20; round++) {
            RpcNode b = nodes.listening("b");
            List<CompletableFuture<String>> calls = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2000; i++) {
                    calls.add(b.call(b.self(), Nodes.ECHO, "x", CallOptions.within(Duration.ofSeconds(60))));
                }
            });
            Await.until("calls", () -> calls.size() > 50);
            b.close();
            Nodes.get(caller);
            for (CompletableFuture<String> call : calls) {
                Nodes.get(call.handle((answer, failure) -> ""));
            }
        }
    }

    @Test
    void aPortInUseIsNamedWithTheSetting() {
        RpcNode b = nodes.listening("b");

        ListenException failure = assertThrows(
                ListenException.class,
                () -> Nodes.builder("c").listen(b.boundAddress()).start());

        assertTrue(
                failure.getMessage().startsWith("listen: cannot listen at " + b.boundAddress()), failure.getMessage());
        assertThrows(
                ListenException.class,
                () -> Nodes.builder("c").listen("192.0.2.1:7400").start());
        assertThrows(
                ListenException.class,
                () -> Nodes.builder("c").listen("no-such-host.invalid:7400").start());
    }
}
