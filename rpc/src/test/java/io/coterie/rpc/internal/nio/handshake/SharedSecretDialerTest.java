package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a node with a shared secret takes from "m", which it dials, and which may not be what it
 * seems.
 */
class SharedSecretDialerTest {
    private static final byte[] MESSAGE = ByHand.body(Frame.MESSAGE, out -> out.putInt(1));

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final TcpNode a = new TcpNode(TcpNode.secured(
            TcpNode.settings(
                    "a",
                    "test",
                    new HostPort("127.0.0.1", 0),
                    Map.of(NodeId.of("m"), new HostPort("127.0.0.1", listening.getLocalPort()))),
            ByHand.SECRET));

    SharedSecretDialerTest() throws IOException {}

    @AfterEach
    void theOneThatKnowsTheSecretIsTaken() throws IOException {
        assertEquals(List.of(), a.events);
        assertEquals(List.of(), a.received);
        try (Intruder m = new Intruder(listening.accept())) {
            byte[] hello = m.hear();
            byte[] proof = m.sendBodies(ByHand.challenge()).hear();
            ByHand right = new ByHand(ByHand.SECRET).note(hello).note(ByHand.challenge());
            assertTrue(Arrays.equals(right.proof(), proof));
            m.sendBodies(right.note(proof).welcome("m"), ByHand.body(Frame.MESSAGE, out -> out.putInt(2)));
            Await.until("message", () -> a.received.contains(2));
            assertEquals(List.of("+m"), a.events);
        }
        a.close();
        listening.close();
    }

    @Test
    void aBitThatIsChangedOnTheWayIsNoticed() throws IOException {
        int bits = new ByHand(ByHand.SECRET).welcome("m").length * 8;
        for (int bit = 0; bit < bits; bit++) {
            try (Intruder m = new Intruder(listening.accept())) {
                byte[] hello = m.hear();
                byte[] proof = m.sendBodies(ByHand.challenge()).hear();
                ByHand right = new ByHand(ByHand.SECRET)
                        .note(hello)
                        .note(ByHand.challenge())
                        .note(proof);
                m.sendBodies(ByHand.flipped(right.welcome("m"), bit), MESSAGE).awaitEnd();
            }
        }
        a.awaitFailure("m", "");
    }

    @Test
    void oneThatDoesNotKnowTheSecretIsNotTaken() throws IOException {
        try (LogText log = new LogText();
                Intruder m = new Intruder(listening.accept())) {
            byte[] hello = m.hear();
            byte[] proof = m.sendBodies(ByHand.challenge()).hear();
            ByHand wrong = new ByHand(ByHand.secret("a guess of what it may be"))
                    .note(hello)
                    .note(ByHand.challenge())
                    .note(proof);

            m.sendBodies(wrong.welcome("m"), MESSAGE).awaitEnd();

            a.awaitFailure("m", "the shared secrets differ");
            Await.until("what to do", () -> log.contains("differ; give both the same security(...). It keeps dialing"));
        }
    }

    @Test
    void oneThatAsksForNoProofIsNotTaken() throws IOException {
        try (Intruder m = new Intruder(listening.accept())) {
            byte[] hello = m.hear();

            m.sendBodies(new ByHand(ByHand.SECRET).note(hello).welcome("m"), MESSAGE)
                    .awaitEnd();

            a.awaitFailure("m", "it has no shared secret, but this node has one");
        }
    }

    @Test
    void aMessageBeforeTheProofIsNotDelivered() throws IOException {
        try (Intruder first = new Intruder(listening.accept())) {
            first.sendBodies(MESSAGE).awaitEnd();
        }
        try (Intruder afterTheChallenge = new Intruder(listening.accept())) {
            afterTheChallenge.sendBodies(ByHand.challenge(), MESSAGE).awaitEnd();
        }
        try (Intruder twoChallenges = new Intruder(listening.accept())) {
            twoChallenges
                    .sendBodies(ByHand.challenge(), ByHand.challenge(), MESSAGE)
                    .awaitEnd();
        }
    }

    @Test
    void aRecordedHandshakeIsWorthless() throws IOException {
        byte[] welcome;
        try (TcpNode b = new TcpNode(TcpNode.secured(
                        TcpNode.settings("m", "test", new HostPort("127.0.0.1", 0), Map.of()), ByHand.SECRET));
                Intruder honest = new Intruder(b.address());
                Intruder m = new Intruder(listening.accept())) {
            byte[] hello = ByHand.hello("a", "m");
            byte[] challenge = honest.sendBodies(hello).hear();
            byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
            welcome = honest.sendBodies(proof).hear();
            assertEquals(Frame.WELCOME, welcome[0]);

            m.hear();
            m.sendBodies(challenge).hear();
            m.sendBodies(welcome, MESSAGE).awaitEnd();

            a.awaitFailure("m", "the shared secrets differ");
        }
    }

    @Test
    void aNodeDoesNotProveForOthersWhatItIsAsked() throws IOException {
        try (Intruder m = new Intruder(listening.accept());
                Intruder second = new Intruder(a.address())) {
            m.hear();
            byte[] challenge = second.sendBodies(ByHand.hello("m", "a")).hear();
            byte[] proof = m.sendBodies(challenge).hear();
            assertEquals(Frame.PROOF, proof[0]);

            assertRefused(Refusal.OTHER_SECRET, second.sendBodies(proof).hear());

            // Nor does its proof as the one who dials make a proof of the one who was dialed.
            byte[] fields = ByHand.body(Frame.WELCOME, Intruder.welcome("m", 7)::writeTo);
            byte[] welcome = Arrays.copyOf(fields, fields.length + 1 + Mac.BYTES);
            System.arraycopy(proof, 1, welcome, fields.length, 1 + Mac.BYTES);
            m.sendBodies(welcome, MESSAGE).awaitEnd();
            a.awaitFailure("m", "the shared secrets differ");
        }
    }

    @Test
    void aNodeThatIsLedToProveItselfToItselfIsNotTaken() throws IOException {
        try (Intruder m = new Intruder(listening.accept());
                Intruder second = new Intruder(a.address())) {
            byte[] hello = m.hear();
            byte[] challenge = second.sendBodies(hello).hear();
            byte[] proof = m.sendBodies(challenge).hear();

            assertRefused(Refusal.ITSELF, second.sendBodies(proof).hear());

            second.awaitEnd();
        }
    }

    @Test
    void aRefusalThatComesBackIsLoggedOnce() throws IOException {
        byte[] refusal =
                ByHand.body(Frame.REFUSAL, new Refusal(Refusal.OTHER_SECRET, "the shared secrets differ")::writeTo);
        try (LogText log = new LogText()) {
            for (int i = 0; i < 20; i++) {
                try (Intruder m = new Intruder(listening.accept())) {
                    m.hear();
                    m.sendBodies(refusal).awaitEnd();
                }
            }
            assertEquals(1, log.count("a is not connected to m"), log.toString());
        }
    }

    private static void assertRefused(byte code, byte[] body) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(body);
        assertEquals(Frame.REFUSAL, in.get());
        assertEquals(code, Refusal.read(in).code());
    }
}
