package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a handshake with a shared secret, played by hand, so that each part of it can be made
 * wrong.
 */
public final class ByHand {
    static final String SECRET_TEXT = "the secret of these tests";
    public static final SharedSecret SECRET = secret(SECRET_TEXT);

    private final SharedSecret secret;
    private final Transcript transcript = new Transcript();

    public ByHand(SharedSecret secret) {
        this.secret = secret;
    }

    public static SharedSecret secret(String text) {
        return new SharedSecret(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Notes what was said or heard: a type and a content. */
    public ByHand note(byte[] body) {
        transcript.add(body[0], ByteBuffer.wrap(body, 1, body.length - 1));
        return this;
    }

    /** A proof that is right after what was noted. */
    public byte[] proof() {
        return proof(null);
    }

    /** A proof that is right after what was noted, with a key or without. */
    public byte[] proof(@Nullable NodeKey key) {
        ByteWriter out = new ByteWriter();
        KeyedProof.write(Frame.PROOF, secret, SharedSecret.Role.DIALER, key, transcript, out);
        return body(Frame.PROOF, whole -> whole.putBytes(out.toByteArray()));
    }

    /** A welcome that is right after what was noted. */
    byte[] welcome(String name) {
        return welcome(name, null);
    }

    /** A welcome that is right after what was noted, with a key or without. */
    byte[] welcome(String name, @Nullable NodeKey key) {
        return proven(Frame.WELCOME, Intruder.welcome(name, 7)::writeTo, key);
    }

    /** What one who was dialed sends in place of a welcome: the key that it would show. */
    byte[] key(NodeKey key) {
        return proven(Frame.KEY, out -> {}, key);
    }

    private byte[] proven(byte type, Consumer<ByteWriter> fields, @Nullable NodeKey key) {
        ByteWriter out = new ByteWriter();
        fields.accept(out);
        KeyedProof.write(type, secret, SharedSecret.Role.ACCEPTOR, key, transcript, out);
        return body(type, whole -> whole.putBytes(out.toByteArray()));
    }

    public static byte[] hello(String name, String expected) {
        return hello(name, expected, "test");
    }

    public static byte[] hello(String name, String expected, String cluster) {
        return hello(name, expected, cluster, 7);
    }

    public static byte[] hello(String name, String expected, String cluster, long startId) {
        Hello hello = new Hello(
                Versions.OURS,
                0,
                10_000,
                startId,
                cluster,
                NodeId.of(name),
                NodeId.of(expected),
                Hello.SECRET,
                Intruder.nonce(1),
                Hello.UNKNOWN_AGE);
        return body(Frame.HELLO, hello::writeTo);
    }

    static byte[] challenge() {
        return body(Frame.CHALLENGE, new Challenge(Versions.OURS.highest(), Intruder.nonce(2))::writeTo);
    }

    static byte[] body(byte type, Consumer<ByteWriter> content) {
        ByteWriter out = new ByteWriter().putByte(type);
        content.accept(out);
        return out.toByteArray();
    }

    /** A copy with one bit changed. */
    static byte[] flipped(byte[] body, int bit) {
        byte[] copy = body.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }
}
