package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final NodeId B = NodeId.of("b");

    private final List<TcpNode> nodes = new ArrayList<>();
    private final TcpNode b = started(TcpNode.listening("b"));

    @AfterEach
    void close() {
        nodes.forEach(TcpNode::close);
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() {
        TcpNode other = started(new TcpNode(TcpNode.settings("a", "other", null, Map.of(B, b.address()))));

        other.awaitFailure("b", "cluster name is 'test', ours is 'other'");

        assertFalse(other.send("b", 1));
        assertEquals(List.of(), b.events);
    }

    @Test
    void anOlderNodeIsRefusedClearlyAtBothEnds() throws IOException {
        try (LogText log = new LogText();
                Intruder older = new Intruder(b.address())) {
            Refusal refusal = refusal(
                    older.send(Intruder.hello(new Versions(1, 2), "a", "b", 7)).hear());

            assertEquals(Refusal.OTHER_VERSION, refusal.code());
            assertEquals("it speaks protocol version 4, this node speaks versions 1 to 2", refusal.text());
            older.awaitEnd();
            Await.until(
                    "what to do",
                    () -> log.contains(refusal.text()
                            + "; run releases of this library that share a protocol version on all nodes"));
        }
    }

    @Test
    void aNodeThatSpeaksOnlyLaterVersionsIsRefused() throws IOException {
        try (Intruder later = new Intruder(b.address())) {
            Refusal refusal = refusal(
                    later.send(Intruder.hello(new Versions(5, 9), "a", "b", 7)).hear());

            assertEquals("it speaks protocol version 4, this node speaks versions 5 to 9", refusal.text());
        }
    }

    @Test
    void aNewerNodeThatSpeaksThisVersionTooIsTakenAtIt() throws IOException {
        try (Intruder newer = new Intruder(b.address())) {
            Hello hello = new Hello(
                    new Versions(1, 9),
                    -1,
                    10_000,
                    7,
                    "test",
                    NodeId.of("a"),
                    B,
                    Hello.NO_PROOF,
                    Intruder.nonce(1),
                    1_000);
            byte[] longer = Intruder.frame(Frame.HELLO, out -> {
                hello.writeTo(out);
                out.putBytes(new byte[] {1, 2, 3});
            });

            ByteBuffer answer = ByteBuffer.wrap(newer.send(longer).hear());

            assertEquals(Frame.WELCOME, answer.get());
            assertEquals(4, Welcome.read(answer).version());
            newer.sendNumber(5);
            Await.until("message", () -> b.received.contains(5));
        }
    }

    @Test
    void anOlderNodeThatWasDialedIsRefusedClearly() throws IOException {
        try (LogText log = new LogText();
                ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            started(dialing("a", "old", new HostPort("127.0.0.1", listening.getLocalPort())));
            try (Intruder older = new Intruder(listening.accept())) {
                older.hear();
                older.send(
                        Intruder.frame(Frame.WELCOME, new Welcome(1, 0, 10_000, 7, "test", NodeId.of("old"))::writeTo));
                older.awaitEnd();
            }
            Await.until(
                    "what to do",
                    () -> log.contains("it chose protocol version 1, this node speaks version 4; run releases of this"
                            + " library that share a protocol version on all nodes"));
        }
    }

    @Test
    void anotherNodeAtTheAddressIsRefusedAndNamed() {
        TcpNode a = started(dialing("a", "c", b.address()));

        a.awaitFailure("c", "the node at this address is 'b', not 'c'");

        assertFalse(a.send("c", 1));
        assertFalse(a.send("b", 1));
    }

    @Test
    void anAddressThatLeadsBackIsRefused() {
        TcpNode probe = TcpNode.listening("x");
        HostPort address = probe.address();
        probe.close();

        TcpNode a = started(new TcpNode(TcpNode.settings("a", "test", address, Map.of(B, address))));

        a.awaitFailure("b", "the address leads back to this very node");
    }

    @Test
    void aSecondNodeOfTheSameNameIsRefusedWhileTheFirstIsAlive() {
        TcpNode first = started(dialing("a", "b", b.address()));
        Await.until("connection", () -> first.connectedTo("b"));

        TcpNode second = started(dialing("a", "b", b.address()));

        second.awaitFailure("b", "another node named 'a' is alive");
        assertTrue(first.send("b", 1));
        Await.until("message", () -> b.received.contains(1));
        assertEquals(List.of("+a"), b.events);
    }

    @Test
    void aRestartIsTakenOnceTheFirstIsGone() {
        TcpNode first = started(dialing("a", "b", b.address()));
        Await.until("connection", () -> first.connectedTo("b"));
        first.close();

        TcpNode second = started(dialing("a", "b", b.address()));

        Await.until("connection", () -> second.connectedTo("b"));
        assertEquals(List.of("+a", "-a", "+a"), b.events);
    }

    @Test
    void aRestartIsTakenAlsoAfterADeathWithoutAWord() throws IOException {
        TcpNode hasty = started(TcpNode.hasty("b", Map.of(), Duration.ofSeconds(1)));
        try (Intruder dead = new Intruder(hasty.address());
                Intruder ofUnknownAge = new Intruder(hasty.address())) {
            dead.send(Intruder.hello("a", "b", 7)).hear();

            Refusal refusal =
                    refusal(ofUnknownAge.send(Intruder.hello("a", "b", 8)).hear());
            TcpNode again = started(dialing("a", "b", hasty.address()));

            assertTrue(refusal.text().startsWith("another node named 'a' is alive"), refusal.text());
            Await.until("connection", () -> again.connectedTo("b"));
        }
    }

    @Test
    void aNodeUnderTheNameOfTheOneItDialsIsRefused() throws IOException {
        try (Intruder intruder = new Intruder(b.address())) {
            assertEquals(
                    Refusal.NAME_TAKEN,
                    refusal(intruder.send(Intruder.hello("b", "b", 7)).hear()).code());
        }
    }

    @Test
    void clientsThatNobodyListedAreTaken() {
        TcpNode client = started(dialing("client", "b", b.address()));
        Await.until("connection", () -> client.connectedTo("b"));

        assertTrue(b.send("client", 5));
        Await.until("message", () -> client.received.contains(5));
    }

    private TcpNode started(TcpNode node) {
        nodes.add(node);
        return node;
    }

    private static TcpNode dialing(String name, String peer, HostPort address) {
        return new TcpNode(TcpNode.settings(name, "test", null, Map.of(NodeId.of(peer), address)));
    }

    private static Refusal refusal(byte[] body) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(body);
        assertEquals(Frame.REFUSAL, in.get());
        return Refusal.read(in);
    }
}
