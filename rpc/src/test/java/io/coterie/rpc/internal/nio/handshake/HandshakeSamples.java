package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.fuzz.FuzzNode;
import io.coterie.rpc.internal.wire.SampleMessages;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bodies of the frames of handshakes, valid each by itself. */
final class HandshakeSamples {
    static final byte[] MESSAGE =
            ByHand.body(Frame.MESSAGE, out -> out.putBytes(SampleMessages.request(FuzzNode.ECHO, "too early", 5)));
    static final byte[] PING = {Frame.PING};

    private HandshakeSamples() {}

    /** Hellos of nodes that are welcome, and of those that are not. */
    static List<byte[]> hellos(int proof) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(hello(Versions.OURS, "test", "h" + i, "server", 7, proof));
        }
        all.add(hello(new Versions(1, 9), "test", "h1", null, 8, proof));
        all.add(hello(new Versions(1, 2), "test", "h1", "server", 8, proof));
        all.add(hello(new Versions(4, 9), "test", "h1", "server", 8, proof));
        all.add(hello(Versions.OURS, "other", "h2", "server", 8, proof));
        all.add(hello(Versions.OURS, "test", "server", "server", 8, proof));
        all.add(hello(Versions.OURS, "test", "good", "server", 8, proof));
        all.add(hello(Versions.OURS, "test", "h3", "nobody", 8, proof));
        all.add(hello(Versions.OURS, "test", "h".repeat(64), "s".repeat(64), 8, 1 - proof));
        return all;
    }

    static byte[] welcome(NodeId name) {
        return ByHand.body(Frame.WELCOME, new Welcome(Versions.OURS.highest(), 0, 10_000, 7, "test", name)::writeTo);
    }

    /** One of each type, and messages. */
    static List<byte[]> all() {
        List<byte[]> all = new ArrayList<>(hellos(Hello.NO_PROOF));
        all.addAll(hellos(Hello.SECRET));
        all.add(welcome(NodeId.of("d0")));
        all.add(new ByHand(ByHand.SECRET).welcome("d0"));
        all.add(ByHand.challenge());
        all.add(ByHand.body(Frame.PROOF, out -> Intruder.nonce(3).writeTo(out.putByte(0))));
        all.add(ByHand.body(Frame.PROOF, out -> {
            Intruder.nonce(3).writeTo(out.putByte(1));
            Intruder.nonce(3).writeTo(out.putBytes(new byte[ShownKey.SIGNATURE_BYTES]));
        }));
        all.add(ByHand.body(Frame.KEY, out -> Intruder.nonce(3).writeTo(out.putByte(0))));
        for (byte code = 0; code < 10; code++) {
            all.add(ByHand.body(Frame.REFUSAL, new Refusal(code, "a text")::writeTo));
        }
        all.add(MESSAGE);
        all.add(PING);
        all.add(new byte[] {Frame.PONG});
        all.add(new byte[] {Frame.GOAWAY});
        return all;
    }

    static byte[] frames(List<byte[]> bodies) {
        ByteWriter out = new ByteWriter();
        bodies.forEach(body -> out.putBytes(frame(body)));
        return out.toByteArray();
    }

    static byte[] frame(byte[] body) {
        return body.length == 0 ? new byte[8] : Intruder.frame(body[0], Arrays.copyOfRange(body, 1, body.length));
    }

    private static byte[] hello(
            Versions versions, String cluster, String node, @Nullable String expected, long startId, int proof) {
        Hello hello = new Hello(
                versions,
                0,
                10_000,
                startId,
                cluster,
                NodeId.of(node),
                expected == null ? null : NodeId.of(expected),
                proof,
                Intruder.nonce(1),
                1_000);
        return ByHand.body(Frame.HELLO, hello::writeTo);
    }
}
