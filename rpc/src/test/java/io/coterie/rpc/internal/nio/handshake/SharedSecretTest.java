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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node with a shared secret takes from those who dial it. */
class SharedSecretTest {
    private static final SharedSecret OTHER = ByHand.secret("another secret of these tests");

    private static final byte[] NO_PROOF = ByHand.body(Frame.PROOF, out -> out.putBytes(new byte[1 + Mac.BYTES]));

    private final List<TcpNode> nodes = new ArrayList<>();
    private final TcpNode b = node("b", null, ByHand.SECRET);

    @AfterEach
    void onlyThoseWhoKnowTheSecretAreHeard() {
        TcpNode good = node("good", b.address(), ByHand.SECRET);
        Await.until("connection", () -> good.send("b", 42));
        Await.until("message", () -> b.received.contains(42));
        assertTrue(b.received.stream().allMatch(number -> number >= 40), b.received::toString);
        nodes.forEach(TcpNode::close);
    }

    @Test
    void twoThatKnowTheSecretTalk() {
        TcpNode a = node("a", b.address(), ByHand.SECRET);
        Await.until("connection", () -> a.send("b", 41));
        Await.until("message", () -> b.received.contains(41));
        assertTrue(b.send("a", 43));
        Await.until("answer", () -> a.received.contains(43));
    }

    @Test
    void twoSecretsThatDifferAreReportedAtBothEnds() {
        try (LogText log = new LogText()) {
            TcpNode a = node("a", b.address(), OTHER);

            a.awaitFailure("b", "the shared secrets differ");

            String advice = "the shared secrets differ; give both the same security(...)";
            Await.until("both ends", () -> log.count(advice) == 2);
            assertTrue(log.contains("b refused 'a' of cluster 'test'"), log.toString());
            assertTrue(log.contains("a is not connected to b: refused at " + b.address()), log.toString());
            assertEquals(List.of(), b.events);
            assertEquals(List.of(), a.events);
        }
    }

    @Test
    void aNodeWithoutTheSecretLearnsThatItIsRequired() {
        try (LogText log = new LogText()) {
            TcpNode a = node("a", b.address(), null);

            a.awaitFailure("b", "it requires a shared secret, but this node has none");

            Await.until("both ends", () -> log.count("has none; give both the same security(...)") == 2);
            assertEquals(List.of(), b.events);
        }
    }

    @Test
    void aNodeWithASecretTakesNoneThatHasNone() {
        try (LogText log = new LogText()) {
            TcpNode open = node("open", null, null);
            TcpNode a = node("a", open.address(), "open", ByHand.SECRET);

            a.awaitFailure("open", "it has no shared secret, but this node has one");

            Await.until("both ends", () -> log.count("has one; give both the same security(...)") == 2);
            assertEquals(List.of(), open.events);
        }
    }

    @Test
    void nothingIsRevealedBeforeTheProof() throws IOException {
        try (Intruder intruder = new Intruder(b.address())) {
            byte[] challenge =
                    intruder.sendBodies(ByHand.hello("m", "c", "other")).hear();

            assertEquals(Frame.CHALLENGE, challenge[0]);
            assertEquals(Versions.OURS.highest(), challenge[1]);
            assertEquals(2 + Nonce.BYTES, challenge.length);

            // The cluster and the name that is looked for are wrong too.
            assertRefused(Refusal.OTHER_SECRET, intruder.sendBodies(NO_PROOF).hear());
        }
    }

    @Test
    void wrongProofsCostTheirConnectionAndAreLoggedOnce() throws IOException {
        try (LogText log = new LogText()) {
            for (int i = 0; i < 500; i++) {
                try (Intruder intruder = new Intruder(b.address())) {
                    byte[] hello = ByHand.hello("m" + i, "b");
                    byte[] challenge = intruder.sendBodies(hello).hear();
                    byte[] wrong = new ByHand(OTHER).note(hello).note(challenge).proof();
                    assertRefused(
                            Refusal.OTHER_SECRET, intruder.sendBodies(wrong).hear());
                    intruder.awaitEnd();
                }
            }
            Await.until("end of connections", () -> b.inLoop(() -> TcpNode.connections(b.transport) == 0));
            assertEquals(1, log.count("b refused"), log.toString());
            assertFalse(log.contains(ByHand.SECRET_TEXT));
        }
        assertFalse(ByHand.SECRET.toString().contains(ByHand.SECRET_TEXT));
    }

    @Test
    void aRecordedHandshakeIsWorthless() throws IOException {
        byte[] hello = ByHand.hello("m", "b");
        byte[] challenge;
        byte[] proof;
        try (Intruder honest = new Intruder(b.address())) {
            challenge = honest.sendBodies(hello).hear();
            proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
            assertEquals(Frame.WELCOME, honest.sendBodies(proof).hear()[0]);
        }
        Await.until("end", () -> b.events.contains("-m"));

        try (Intruder thief = new Intruder(b.address())) {
            byte[] fresh = thief.sendBodies(hello).hear();
            assertFalse(Arrays.equals(challenge, fresh));
            assertRefused(Refusal.OTHER_SECRET, thief.sendBodies(proof).hear());
            thief.awaitEnd();
        }
        assertEquals(List.of("+m", "-m"), b.events);
    }

    @Test
    void aMessageBeforeTheProofIsNotDelivered() throws IOException {
        byte[] message = ByHand.body(Frame.MESSAGE, out -> out.putInt(1));
        byte[] hello = ByHand.hello("m", "b");
        try (Intruder first = new Intruder(b.address())) {
            first.sendBodies(message).awaitEnd();
        }
        try (Intruder inPlaceOfTheProof = new Intruder(b.address())) {
            inPlaceOfTheProof.sendBodies(hello, message).awaitEnd();
        }
        try (Intruder behindAWrongProof = new Intruder(b.address())) {
            byte[] challenge = behindAWrongProof.sendBodies(hello).hear();
            byte[] wrong = new ByHand(OTHER).note(hello).note(challenge).proof();
            behindAWrongProof.sendBodies(wrong, message).awaitEnd();
        }
        assertEquals(List.of(), b.events);

        byte[] later = ByHand.body(Frame.MESSAGE, out -> out.putInt(40));
        try (Intruder behindTheRightOne = new Intruder(b.address())) {
            byte[] challenge = behindTheRightOne.sendBodies(hello).hear();
            byte[] right = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
            behindTheRightOne.sendBodies(right, later);
            Await.until("message", () -> b.received.contains(40));
        }
    }

    @Test
    void theHandshakeIsSentInItsOrderAndOnce() throws IOException {
        byte[] hello = ByHand.hello("m", "b");
        for (byte[][] bodies : new byte[][][] {
            {NO_PROOF}, {NO_PROOF, hello}, {hello, hello}, {ByHand.challenge()}, {hello, ByHand.challenge()}
        }) {
            try (Intruder intruder = new Intruder(b.address())) {
                intruder.sendBodies(bodies).awaitEnd();
            }
        }
        assertEquals(List.of(), b.events);
    }

    @Test
    void aBitThatIsChangedOnTheWayIsNoticed() throws IOException {
        byte[] hello = ByHand.hello("m", "b");
        for (int bit = 0; bit < hello.length * 8; bit++) {
            byte[] changed = ByHand.flipped(hello, bit);
            shake(hello, changed, -1, -1);
        }
        for (int bit = 0; bit < ByHand.challenge().length * 8; bit++) {
            shake(hello, hello, bit, -1);
        }
        for (int bit = 0; bit < 34 * 8; bit++) {
            shake(hello, hello, -1, bit);
        }
        assertEquals(List.of(), b.events);
    }

    /** The handshake of one who knows the secret, where somebody in between changes a part. */
    private void shake(byte[] said, byte[] arrived, int bitOfChallenge, int bitOfProof) throws IOException {
        try (Intruder dialer = new Intruder(b.address())) {
            byte[] answer;
            try {
                answer = dialer.sendBodies(arrived).hear();
            } catch (IOException e) {
                // Closed: it could not even be read.
                return;
            }
            if (answer[0] == Frame.CHALLENGE) {
                byte[] heard = bitOfChallenge < 0 ? answer : ByHand.flipped(answer, bitOfChallenge);
                byte[] proof = new ByHand(ByHand.SECRET).note(said).note(heard).proof();
                dialer.sendBodies(bitOfProof < 0 ? proof : ByHand.flipped(proof, bitOfProof));
                try {
                    answer = dialer.hear();
                } catch (IOException e) {
                    return;
                }
            }
            assertEquals(Frame.REFUSAL, answer[0]);
        }
    }

    @Test
    void aKeyThatSomebodyInBetweenPutsInPlaceOfAnotherIsNoticed() throws IOException {
        NodeKey key = NodeKey.open(NodeId.of("m"), null);
        byte[] hello = ByHand.hello("m", "b");
        try (Intruder between = new Intruder(b.address())) {
            byte[] challenge = between.sendBodies(hello).hear();
            byte[] honest =
                    new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
            byte[] forged = new ByHand(OTHER).note(hello).note(challenge).proof(key);
            System.arraycopy(honest, 2, forged, forged.length - ShownKey.SIGNATURE_BYTES - Mac.BYTES, Mac.BYTES);

            assertRefused(Refusal.OTHER_SECRET, between.sendBodies(forged).hear());
        }
    }

    @Test
    void whoShowsTheKeyOfAnotherWithoutHavingItIsNotTaken() throws IOException {
        NodeKey key = NodeKey.open(NodeId.of("m"), null);
        TcpNode c = knowing("m", key);
        byte[] hello = ByHand.hello("m", "c");
        try (Intruder without = new Intruder(c.address())) {
            byte[] challenge = without.sendBodies(hello).hear();
            byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof(key);
            byte[] wrong = ByHand.flipped(proof, (proof.length - 1) * 8);

            assertRefused(Refusal.OTHER_KEY, without.sendBodies(wrong).hear());
        }
        try (Intruder with = new Intruder(c.address())) {
            byte[] challenge = with.sendBodies(hello).hear();
            byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof(key);

            assertEquals(Frame.WELCOME, with.sendBodies(proof).hear()[0]);
        }
    }

    /** He knows the secret, and has seen the signature on the way. */
    @Test
    void aSignatureThatWasRecordedIsWorthless() throws IOException {
        NodeKey key = NodeKey.open(NodeId.of("m"), null);
        TcpNode c = knowing("m", key);
        byte[] hello = ByHand.hello("m", "c");
        byte[] recorded;
        try (Intruder honest = new Intruder(c.address())) {
            byte[] challenge = honest.sendBodies(hello).hear();
            recorded = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof(key);
            assertEquals(Frame.WELCOME, honest.sendBodies(recorded).hear()[0]);
        }
        Await.until("end", () -> c.events.contains("-m"));

        try (Intruder thief = new Intruder(c.address())) {
            byte[] challenge = thief.sendBodies(hello).hear();
            byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof(key);
            int begin = proof.length - ShownKey.SIGNATURE_BYTES;
            System.arraycopy(recorded, begin, proof, begin, ShownKey.SIGNATURE_BYTES);

            assertRefused(Refusal.OTHER_KEY, thief.sendBodies(proof).hear());
        }
    }

    /** A node that takes a name only with a key. */
    private TcpNode knowing(String name, NodeKey key) {
        SecuritySettings settings = new SecuritySettings(SecuritySettings.Proof.NONE, null, ByHand.SECRET, Map.of())
                .withNodeKeys(Map.of(NodeId.of(name), key.fingerprint()));
        TcpNode node = new TcpNode(
                TcpNode.secured(TcpNode.settings("c", "test", new HostPort("127.0.0.1", 0), Map.of()), settings));
        nodes.add(node);
        return node;
    }

    private static void assertRefused(byte code, byte[] body) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(body);
        assertEquals(Frame.REFUSAL, in.get());
        assertEquals(code, Refusal.read(in).code());
    }

    private TcpNode node(String name, @Nullable HostPort ofB, @Nullable SharedSecret secret) {
        return node(name, ofB, "b", secret);
    }

    private TcpNode node(String name, @Nullable HostPort dialed, String peer, @Nullable SharedSecret secret) {
        TcpSettings settings = dialed == null
                ? TcpNode.settings(name, "test", new HostPort("127.0.0.1", 0), Map.of())
                : TcpNode.settings(name, "test", null, Map.of(NodeId.of(peer), dialed));
        TcpNode node = new TcpNode(secret == null ? settings : TcpNode.secured(settings, secret));
        nodes.add(node);
        return node;
    }
}
