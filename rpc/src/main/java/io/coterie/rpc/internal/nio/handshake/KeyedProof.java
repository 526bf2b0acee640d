package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end of a message if both nodes have a secret: the key that the sender shows ({@link
 * ShownKey}), its proof that it knows the secret (32 bytes), and, if it has shown a key, the key's
 * signature (64). The proof covers the key, so that nobody in between can replace it. Both cover
 * all that was sent before, so that neither is worth anything elsewhere.
 */
public final class KeyedProof {
    private final @Nullable ShownKey shown;
    private final Mac proof;
    private final byte[] signature;
    private final SharedSecret.Role role;
    private final Transcript covered;

    private KeyedProof(
            @Nullable ShownKey shown, Mac proof, byte[] signature, SharedSecret.Role role, Transcript covered) {
        this.shown = shown;
        this.proof = proof;
        this.signature = signature;
        this.role = role;
        this.covered = covered;
    }

    /**
     * Writes it behind the rest of the frame.
     *
     * @param own the key to show, or null
     * @param before what was sent in earlier frames
     */
    public static void write(
            byte type,
            SharedSecret secret,
            SharedSecret.Role role,
            @Nullable NodeKey own,
            Transcript before,
            ByteWriter out) {
        ShownKey.write(own == null ? null : own.shown(), out);
        Transcript covered = before.with(type, out.view());
        secret.prove(role, covered).writeTo(out);
        if (own != null) {
            out.putBytes(own.sign(text(role, covered)));
        }
    }

    /**
     * Reads it.
     *
     * @param whole the frame's content from its begin
     * @param rest the same content, from where this begins
     * @param before what was sent in earlier frames
     */
    public static KeyedProof read(
            byte type, SharedSecret.Role role, ByteBuffer whole, ByteBuffer rest, Transcript before)
            throws FrameException {
        return HandshakeTexts.readingAll("proof", rest, () -> {
            ShownKey shown = ShownKey.read(rest);
            Transcript covered = before.with(type, whole.duplicate().limit(rest.position()));
            Mac proof = Mac.read(rest);
            byte[] signature = new byte[shown == null ? 0 : ShownKey.SIGNATURE_BYTES];
            rest.get(signature);
            return new KeyedProof(shown, proof, signature, role, covered);
        });
    }

    /** The key that was shown, or null. */
    @Nullable
    public ShownKey shown() {
        return shown;
    }

    /** The proof, to be compared with the right one for {@link #covered}. */
    public Mac proof() {
        return proof;
    }

    public Transcript covered() {
        return covered;
    }

    /** Whether the sender owns the key that it has shown. */
    boolean isSigned() {
        return shown != null && shown.hasSigned(text(role, covered), signature);
    }

    private static byte[] text(SharedSecret.Role role, Transcript covered) {
        byte[] label = (role.label() + " key").getBytes(StandardCharsets.US_ASCII);
        byte[] hash = covered.hash();
        byte[] text = Arrays.copyOf(label, label.length + hash.length);
        System.arraycopy(hash, 0, text, label.length, hash.length);
        return text;
    }
}
