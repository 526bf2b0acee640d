package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes dialed each other; the other one, "m", is played step by step. */
class DrainingTest {
    private static final long START = 7;
    private static final byte[] GOAWAY = {Frame.GOAWAY};

    @Test
    void theNodeThatDialedTheOneThatStaysReportsItOnTheOtherAndStillHearsIt() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode a = dialing("a", listening);
                Intruder dialedByA = new Intruder(listening.accept());
                Intruder dialedByM = new Intruder(a.address())) {
            settleAtA(dialedByA, dialedByM);

            dialedByM.sendNumber(1).sendBodies(GOAWAY);

            assertThrows(EOFException.class, dialedByM::hear);
            Await.until("message", () -> a.received.contains(1));
            assertTrue(a.send("m", 2));
            assertEquals(2, ByteBuffer.wrap(dialedByA.hear()).getInt(1));
            assertEquals(List.of("+m"), a.events);
        }
    }

    @Test
    void ifTheOtherBreaksInsteadWhatWasOnItMayBeLost() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode a = dialing("a", listening);
                Intruder dialedByA = new Intruder(listening.accept());
                Intruder dialedByM = new Intruder(a.address())) {
            settleAtA(dialedByA, dialedByM);

            dialedByM.socket.shutdownOutput();

            Await.until("loss", () -> a.events.equals(List.of("+m", "-m", "+m")));
            assertTrue(a.send("m", 2));
            assertEquals(2, ByteBuffer.wrap(dialedByA.hear()).getInt(1));
        }
    }

    @Test
    void ifTheOneThatStaysBrokeFirstTheOtherIsNoFurtherLoss() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode a = dialing("a", listening);
                Intruder dialedByA = new Intruder(listening.accept());
                Intruder dialedByM = new Intruder(a.address())) {
            settleAtA(dialedByA, dialedByM);
            dialedByA.hangUp();
            Await.until("loss", () -> a.events.equals(List.of("+m", "-m")));
            try (Intruder again = new Intruder(listening.accept())) {
                again.hear();
                again.send(welcome());
                Await.until("connection", () -> a.connectedTo("m"));

                dialedByM.hangUp();
                Await.until("its end", () -> a.inLoop(() -> TcpNode.connections(a.transport) == 1));

                assertEquals(List.of("+m", "-m", "+m"), a.events);
            }
        }
    }

    private static void settleAtA(Intruder dialedByA, Intruder dialedByM) throws IOException {
        dialedByA.hear();
        dialedByM.send(Intruder.hello("m", "a", START)).hear();
        dialedByA.send(welcome());
        assertEquals(Frame.GOAWAY, dialedByM.hear()[0]);
    }

    @Test
    void theOtherNodeWaitsForThatAndHearsBothMeanwhile() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode z = dialing("z", listening);
                Intruder dialedByZ = new Intruder(listening.accept());
                Intruder dialedByM = settleAtZ(z, dialedByZ)) {
            dialedByZ.sendNumber(1);
            dialedByM.sendNumber(2);
            Await.until("messages", () -> z.received.containsAll(List.of(1, 2)));
            assertTrue(z.send("m", 3));
            assertEquals(3, ByteBuffer.wrap(dialedByM.hear()).getInt(1));
            dialedByZ.socket.setSoTimeout(50);
            assertThrows(SocketTimeoutException.class, dialedByZ::hear);
            assertEquals(List.of("+m"), z.events);
        }
    }

    @Test
    void theOtherNodeAnswersThatWithItsOwnAndLosesNothing() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode z = dialing("z", listening);
                Intruder dialedByZ = new Intruder(listening.accept());
                Intruder dialedByM = settleAtZ(z, dialedByZ)) {
            assertEquals(
                    Frame.GOAWAY, dialedByZ.sendNumber(1).sendBodies(GOAWAY).hear()[0]);

            dialedByZ.hangUp();

            Await.until("its end", () -> z.inLoop(() -> TcpNode.connections(z.transport) == 1));
            assertEquals(List.of(1), z.received);
            assertEquals(List.of("+m"), z.events);
            assertTrue(z.send("m", 3));
            assertEquals(3, ByteBuffer.wrap(dialedByM.hear()).getInt(1));
        }
    }

    @Test
    void ifItBreaksAtTheOtherNodeWhatWasOnItMayBeLost() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode z = dialing("z", listening);
                Intruder dialedByZ = new Intruder(listening.accept());
                Intruder dialedByM = settleAtZ(z, dialedByZ)) {
            dialedByZ.sendBodies(GOAWAY).hear();

            dialedByZ.reset();

            Await.until("loss", () -> z.events.equals(List.of("+m", "-m", "+m")));
            assertTrue(z.send("m", 3));
            assertEquals(3, ByteBuffer.wrap(dialedByM.hear()).getInt(1));
        }
    }

    private static Intruder settleAtZ(TcpNode z, Intruder dialedByZ) throws IOException {
        dialedByZ.hear();
        Intruder dialedByM = new Intruder(z.address());
        assertEquals(
                Frame.WELCOME, dialedByM.send(Intruder.hello("m", "z", START)).hear()[0]);
        dialedByZ.send(welcome());
        return dialedByM;
    }

    @Test
    void aConnectionInUseThatTheOtherEndHasLeftIsLost() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode z = dialing("z", listening);
                Intruder dialedByZ = new Intruder(listening.accept())) {
            dialedByZ.hear();
            dialedByZ.send(welcome());
            Await.until("connection", () -> z.connectedTo("m"));

            dialedByZ.sendBodies(GOAWAY).awaitEnd();

            Await.until("loss", () -> z.events.equals(List.of("+m", "-m")));
        }
    }

    @Test
    void aSecondConnectionIsNotTakenOnceTheFirstIsKnownAtBothEnds() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode a = dialing("a", listening);
                Intruder dialedByA = new Intruder(listening.accept())) {
            dialedByA.hear();
            dialedByA.send(welcome());
            Await.until("connection", () -> a.connectedTo("m"));

            try (Intruder dialedByM = new Intruder(a.address())) {
                dialedByM.send(Intruder.hello("m", "a", START));
                assertEquals(Frame.PING, dialedByA.hear()[0]);
                dialedByA.sendBodies(new byte[] {Frame.PONG});
                ByteBuffer answer = ByteBuffer.wrap(dialedByM.hear());

                assertEquals(Frame.REFUSAL, answer.get());
                assertEquals(Refusal.ALREADY_CONNECTED, answer.get());
            }
            assertEquals(List.of("+m"), a.events);
        }
    }

    private static TcpNode dialing(String name, ServerSocket listening) {
        HostPort ofM = new HostPort("127.0.0.1", listening.getLocalPort());
        return new TcpNode(TcpNode.settings(name, "test", new HostPort("127.0.0.1", 0), Map.of(NodeId.of("m"), ofM)));
    }

    private static byte[] welcome() {
        return Intruder.frame(Frame.WELCOME, Intruder.welcome("m", START)::writeTo);
    }
}
