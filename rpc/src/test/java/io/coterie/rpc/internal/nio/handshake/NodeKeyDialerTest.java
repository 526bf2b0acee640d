package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.security.MapKeyFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By which key a node takes "m", which it dials, and which may be somebody else at its address. */
class NodeKeyDialerTest {
    private static final String UNSIGNED = "it has not signed the key that it shows";

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final NodeKey right = kept();
    private final NodeKey other = kept();
    private final TcpNode a = new TcpNode(withKey(TcpNode.secured(
            TcpNode.settings(
                    "a", "test", null, Map.of(NodeId.of("m"), new HostPort("127.0.0.1", listening.getLocalPort()))),
            ByHand.SECRET)));

    NodeKeyDialerTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        a.close();
        listening.close();
    }

    @Test
    void aKeyThatIsNotSignedIsNeitherTakenNorLearned() throws IOException {
        isRefused(ByHand.SECRET, said -> unsigned(said.welcome("m", other)), UNSIGNED);
        isRefused(ByHand.SECRET, said -> unsigned(said.key(other)), UNSIGNED);
        isTaken(right);

        isRefused(ByHand.SECRET, said -> unsigned(said.welcome("m", right)), UNSIGNED);
        // Zeros are a signature that is wrong, and ones are none at all.
        byte[] bits = new byte[ShownKey.SIGNATURE_BYTES];
        isRefused(ByHand.SECRET, said -> signedBy(bits, said.welcome("m", right)), UNSIGNED);
        Arrays.fill(bits, (byte) -1);
        isRefused(ByHand.SECRET, said -> signedBy(bits, said.welcome("m", right)), UNSIGNED);
    }

    @Test
    void aSignatureThatWasRecordedIsWorthless() throws IOException {
        byte[] welcome = isTaken(right);
        byte[] recorded = Arrays.copyOfRange(welcome, welcome.length - ShownKey.SIGNATURE_BYTES, welcome.length);

        isRefused(ByHand.SECRET, said -> signedBy(recorded, said.welcome("m", right)), UNSIGNED);

        isTaken(right);
    }

    @Test
    void aKeyThatIsShownWithoutTheSecretIsNotLearned() throws IOException {
        SharedSecret guess = ByHand.secret("a guess of what it may be");
        isRefused(guess, said -> said.welcome("m", other), "the shared secrets differ");
        isRefused(guess, said -> said.key(other), "the shared secrets differ");

        isTaken(right);
    }

    @Test
    void anotherKeyThanTheOneThatIsKnownIsNeitherTakenNorLearned() throws IOException {
        isTaken(right);

        String reason = "this node knows 'm' with the key " + right.fingerprint();
        isRefused(ByHand.SECRET, said -> said.welcome("m", other), reason);
        isRefused(ByHand.SECRET, said -> said.key(other), reason);
        isRefused(ByHand.SECRET, said -> said.welcome("m", NodeKey.open(NodeId.of("m"), null)), reason);

        isTaken(right);
        isRefused(ByHand.SECRET, said -> said.welcome("m", other), reason);
    }

    @Test
    void aKeyThatIsSentInPlaceOfAWelcomeIsTheOnlyOneFromThenOn() throws IOException {
        try (Intruder m = new Intruder(listening.accept())) {
            m.sendBodies(heard(m, ByHand.SECRET).key(right), ByHand.body(Frame.REFUSAL, refusal()::writeTo))
                    .awaitEnd();
        }
        a.awaitFailure("m", refusal().text());

        isRefused(ByHand.SECRET, said -> said.welcome("m", other), "this node knows 'm' with the key ");
        isTaken(right);
    }

    @Test
    void oneThatShowsNoKeyIsNotTaken() throws IOException {
        isRefused(ByHand.SECRET, said -> said.welcome("m"), "it has shown no key");

        isTaken(right);
    }

    private static Refusal refusal() {
        return new Refusal(Refusal.KEY_NOT_KNOWN, "it takes this node's key later");
    }

    private void isRefused(SharedSecret secret, Function<ByHand, byte[]> answer, String reason) throws IOException {
        List<String> before = List.copyOf(a.events);
        try (Intruder m = new Intruder(listening.accept())) {
            m.sendBodies(answer.apply(heard(m, secret))).awaitEnd();
        }
        a.awaitFailure("m", reason);
        assertEquals(before, a.events);
    }

    /** Returns the welcome. */
    private byte[] isTaken(NodeKey key) throws IOException {
        byte[] welcome;
        int links = a.events.size();
        try (Intruder m = new Intruder(listening.accept())) {
            welcome = heard(m, ByHand.SECRET).welcome("m", key);
            m.sendBodies(welcome);
            Await.until("connection", () -> a.events.size() == links + 1);
        }
        Await.until("end", () -> a.events.size() == links + 2);
        assertEquals(List.of("+m", "-m"), List.copyOf(a.events).subList(links, links + 2));
        return welcome;
    }

    /** What was said up to the proof of the one who dials. */
    private static ByHand heard(Intruder m, SharedSecret secret) throws IOException {
        byte[] hello = m.hear();
        byte[] proof = m.sendBodies(ByHand.challenge()).hear();
        return new ByHand(secret).note(hello).note(ByHand.challenge()).note(proof);
    }

    private static byte[] unsigned(byte[] body) {
        return ByHand.flipped(body, (body.length - 1) * 8);
    }

    private static byte[] signedBy(byte[] signature, byte[] body) {
        byte[] changed = body.clone();
        System.arraycopy(signature, 0, changed, body.length - signature.length, signature.length);
        return changed;
    }

    private static NodeKey kept() {
        return NodeKey.open(NodeId.of("m"), new MapKeyFiles());
    }

    private static TcpSettings withKey(TcpSettings settings) {
        return new TcpSettings(
                settings.cluster(),
                settings.self(),
                settings.listen(),
                settings.peers(),
                settings.maxMessageBytes(),
                settings.maxQueuedBytes(),
                settings.reconnect(),
                settings.handshakeTimeout(),
                settings.silenceLimit(),
                settings.maxUnauthenticated(),
                settings.maxConnections(),
                settings.security(),
                NodeKey.open(settings.self(), new MapKeyFiles()));
    }
}
