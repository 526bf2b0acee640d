package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.internal.nio.Cable;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links that break without a word. */
class KeepaliveTest {
    private static final Duration KEEPALIVE = Duration.ofMillis(300);

    /**
     * So much longer may it take on a busy machine; still far below the default of keepalive, and
     * each deadline.
     */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final CallOptions LONG = CallOptions.within(Duration.ofMinutes(5));

    /** More than the buffers of the system hold. */
    private static final int LARGE_BYTES = 8 << 20;

    private final Nodes nodes = new Nodes();
    private final Cable cable = new Cable();

    @AfterEach
    void close() {
        nodes.close();
        cable.close();
    }

    @Test
    void aLinkThatIsCutSilentlyIsNoticedAndDialedAgain() {
        RpcNode b = nodes.listening("b");
        RpcNode a = throughTheCable("a", b, KEEPALIVE);
        assertEquals("1", Nodes.echo(a, b, "1"));

        cable.freeze();
        long cut = System.nanoTime();
        CompletableFuture<String> inFlight = a.call(b.self(), Nodes.ECHO, "x", LONG);
        ConnectionLostException lost = Nodes.failureOf(ConnectionLostException.class, inFlight);
        Duration noticed = Duration.ofNanos(System.nanoTime() - cut);

        assertTrue(lost.getMessage().contains("nothing was received from it for "), lost.getMessage());
        assertTrue(lost.maybeExecuted());
        assertTrue(noticed.compareTo(KEEPALIVE.plus(SLACK)) < 0, noticed::toString);
        assertEquals("2", Nodes.echo(a, b, "2"));
    }

    @Test
    void aCallThatMayBeRetriedContinuesOverTheNextConnection() {
        RpcNode b = nodes.listening("b");
        RpcNode a = throughTheCable("a", b, KEEPALIVE);
        assertEquals("1", Nodes.echo(a, b, "1"));

        cable.freeze();

        assertEquals("2", Nodes.echo(a, b, "2"));
    }

    @Test
    void theEndThatWasDialedNoticesToo() {
        RpcNode b = nodes.echoing(Nodes.builder("b").listen("127.0.0.1:0").keepalive(KEEPALIVE));
        RpcNode a = throughTheCable("a", b, KEEPALIVE);
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertTrue(b.isConnected(a.self()));

        cable.goBlack();
        long cut = System.nanoTime();
        Await.until("loss at both ends", () -> !a.isConnected(b.self()) && !b.isConnected(a.self()));

        Duration noticed = Duration.ofNanos(System.nanoTime() - cut);
        assertTrue(noticed.compareTo(KEEPALIVE.plus(SLACK)) < 0, noticed::toString);
    }

    @Test
    void anIdleLinkBetweenLivingNodesStays() {
        RpcNode b = nodes.listening("b");
        List<String> lost = new CopyOnWriteArrayList<>();
        // Longer than a busy machine makes one thread wait.
        RpcNode a = throughTheCable("a", b, Duration.ofSeconds(3));
        a.addPeerListener(new PeerListener() {
            @Override
            public void onConnected(NodeId peer) {}

            @Override
            public void onDisconnected(NodeId peer, String reason) {
                lost.add(reason);
            }
        });
        assertEquals("1", Nodes.echo(a, b, "1"));

        // A ping and its answer are 9 bytes each, a third of the limit apart: two limits of
        // idleness.
        long before = cable.carriedBytes();
        Await.until("pings", () -> cable.carriedBytes() - before >= 6 * 2 * 9);

        assertEquals(List.of(), lost);
    }

    @Test
    void aMessageThatTakesLongerThanTheLimitToSendIsNoSilence() {
        Duration limit = Duration.ofSeconds(1);
        RpcNode b = nodes.echoing(Nodes.builder("b")
                .listen("127.0.0.1:0")
                .maxPayloadBytes(LARGE_BYTES)
                .keepalive(limit));
        cable.leadTo(b.boundAddress()).slow(LARGE_BYTES / 4);
        RpcNode a = nodes.start(Nodes.builder("a")
                .peer(b.self(), cable.address())
                .maxPayloadBytes(LARGE_BYTES)
                .keepalive(limit));
        assertEquals("1", Nodes.echo(a, b, "1"));
        List<String> lost = new CopyOnWriteArrayList<>();
        a.addPeerListener(new PeerListener() {
            @Override
            public void onConnected(NodeId peer) {}

            @Override
            public void onDisconnected(NodeId peer, String reason) {
                lost.add(reason);
            }
        });

        // Each way four limits long, in which the other end has nothing of its own to send.
        byte[] echo = Nodes.get(a.call(b.self(), Nodes.BYTES, new byte[LARGE_BYTES], LONG));

        assertEquals(LARGE_BYTES, echo.length);
        assertEquals(List.of(), lost);
    }

    private RpcNode throughTheCable(String name, RpcNode peer, Duration keepalive) {
        cable.leadTo(peer.boundAddress());
        return nodes.start(
                Nodes.builder(name).peer(peer.self(), cable.address()).keepalive(keepalive));
    }
}
