package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key pair by which a node proves its name to nodes that know the key. A secret cannot do that,
 * because it is the same at all nodes. The algorithm is Ed25519 (RFC 8032). Texts never show the
 * private half.
 */
public final class NodeKey {
    static final String ALGORITHM = "Ed25519";
    static final String FINGERPRINT_PREFIX = "SHA256:";

    /** Where a node keeps its key. */
    static final String FILE = "node.key";

    private static final Logger log = LoggerFactory.getLogger(NodeKey.class);
    private static final int MAX_FILE_BYTES = 4096;
    private static final Pattern FINGERPRINT = Pattern.compile(FINGERPRINT_PREFIX + "[A-Za-z0-9+/]{43}");
    private static final String COMMENT =
            "# The key by which this node proves its name. Keep it to yourself, and never give a copy to another node.\n";

    private final ShownKey shown;
    private final PrivateKey secret;
    private final @Nullable KeyFiles files;
    private final Map<NodeId, String> known;

    private NodeKey(ShownKey shown, PrivateKey secret, @Nullable KeyFiles files, Map<NodeId, String> known) {
        this.shown = shown;
        this.secret = secret;
        this.files = files;
        this.known = known;
    }

    /**
     * The stored key, which is made if there is none. Blocks.
     *
     * @param files null for a key of this start only, without a memory of other keys
     * @throws IllegalStateException if it cannot be read or stored
     */
    public static NodeKey open(NodeId self, @Nullable KeyFiles files) {
        try {
            NodeKey key = files == null ? draw(null) : kept(files);
            key.check();
            log.info(
                    "{} proves its name by the key {}{}",
                    self,
                    key.shown,
                    files == null ? ", which is for this start only" : ", kept in " + files.where(FILE));
            return key;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the key of node " + self + " cannot be read or stored: " + e
                            + ". Check the disk, its free space and its permissions, then start again",
                    e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the key of node " + self + (files == null ? "" : " in " + files.where(FILE)) + " is not usable: "
                            + e
                            + ". Restore the file from a copy; if there is none, delete it, so that a new key is made,"
                            + " and have the other nodes accept the new key as their logs say",
                    e);
        }
    }

    /** Whether a text has the form of a fingerprint. */
    public static boolean isFingerprint(String text) {
        return FINGERPRINT.matcher(text).matches();
    }

    private static NodeKey draw(@Nullable KeyFiles files) throws IOException, GeneralSecurityException {
        KeyPair drawn = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        Map<NodeId, String> known = files == null ? Map.of() : new KnownNodesFile(files).read();
        return new NodeKey(ShownKey.of(files != null, drawn.getPublic()), drawn.getPrivate(), files, known);
    }

    private static NodeKey kept(KeyFiles files) throws IOException, GeneralSecurityException {
        byte[] content = files.read(FILE, MAX_FILE_BYTES);
        if (content != null) {
            return parse(new String(content, StandardCharsets.US_ASCII), files);
        }
        NodeKey made = draw(files);
        files.replace(FILE, made.text().getBytes(StandardCharsets.US_ASCII));
        return made;
    }

    private String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return COMMENT + ALGORITHM + " " + base64.encodeToString(shown.bytes()) + " "
                + base64.encodeToString(secret.getEncoded()) + "\n";
    }

    private static NodeKey parse(String text, KeyFiles files) throws IOException, GeneralSecurityException {
        for (String line : text.split("\n", -1)) {
            String[] parts = line.split(" ", -1);
            if (parts.length == 3 && parts[0].equals(ALGORITHM)) {
                Base64.Decoder base64 = Base64.getDecoder();
                PrivateKey secret = KeyFactory.getInstance(ALGORITHM)
                        .generatePrivate(new PKCS8EncodedKeySpec(base64.decode(parts[2])));
                ShownKey shown = new ShownKey(true, base64.decode(parts[1]));
                return new NodeKey(shown, secret, files, new KnownNodesFile(files).read());
            }
        }
        throw new IllegalArgumentException("it has no line that begins with " + ALGORITHM);
    }

    /**
     * Checks that both halves belong together. This also loads classes, so that the loop need not
     * do it.
     */
    private void check() {
        byte[] text = {1};
        if (!shown.hasSigned(text, sign(text))) {
            throw new IllegalArgumentException("its two halves do not belong together");
        }
    }

    ShownKey shown() {
        return shown;
    }

    /** The fingerprints of other keys that this node knew when it started. */
    Map<NodeId, String> known() {
        return known;
    }

    /** The fingerprint of the public half. */
    public String fingerprint() {
        return shown.fingerprint();
    }

    @Nullable
    KeyFiles files() {
        return files;
    }

    byte[] sign(byte[] text) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has " + ALGORITHM, e);
        }
    }

    /** The public half. */
    @Override
    public String toString() {
        return "the key " + shown;
    }
}
