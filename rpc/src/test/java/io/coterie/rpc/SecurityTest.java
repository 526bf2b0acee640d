package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SecurityTest {
    private static final byte[] SECRET = "correct horse battery staple".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_CLIENTS = "incorrect horse battery".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_READERS = "correct donkey battery".getBytes(StandardCharsets.US_ASCII);
    private static final NodeId B = NodeId.of("b");

    @Test
    void itsTextNamesTheModeAndTheListButNoSecret() {
        assertEquals("none", Security.none().toString());
        assertEquals("shared secret", Security.sharedSecret(SECRET).toString());
        Security all = Security.mutualTls(context()).withSharedSecret(SECRET).allow(B, "rack-1");
        assertEquals("mutual TLS and shared secret, allowing {b=[rack-1]}", all.toString());
        assertEquals("TLS", Security.tls(context()).toString());
        assertEquals(
                "mutual TLS and shared secret, another for clients, another for readers, read-only [b]",
                Security.mutualTls(context())
                        .withSharedSecret(SECRET)
                        .withClientSecret(OF_CLIENTS)
                        .withReaderSecret(OF_READERS)
                        .readOnly(B)
                        .toString());
        assertFalse(all.settings().toString().contains("correct"));
        assertTrue(all.settings().toString().contains("a shared secret"));
    }

    @Test
    void eachStepMakesAnotherOne() {
        Security first = Security.mutualTls(context()).allow(B, "rack-1");
        Security second = first.allow(B, "rack-2");

        assertEquals("mutual TLS, allowing {b=[rack-1]}", first.toString());
        assertEquals(2, second.settings().allowed().get(B).size());
    }

    @Test
    void whatCannotBeIsRefused() {
        refuses(
                IllegalArgumentException.class,
                "the shared secret has 15 bytes",
                () -> Security.sharedSecret(new byte[15]));
        refuses(
                IllegalStateException.class,
                "there is a shared secret already",
                () -> Security.sharedSecret(SECRET).withSharedSecret(SECRET));
        refuses(
                IllegalStateException.class,
                "allow(b, x): without TLS,",
                () -> Security.sharedSecret(SECRET).allow(B, "x"));
        refuses(
                IllegalArgumentException.class,
                "the certificate name for node b is empty",
                () -> Security.tls(context()).allow(B, " "));
    }

    @Test
    void rolesThatCouldNotBeDistinguishedAreRefused() {
        Security shared = Security.sharedSecret(SECRET);
        refuses(
                IllegalStateException.class,
                "the secret of clients takes the place of the shared secret of replicas, but there is none",
                () -> Security.none().withClientSecret(OF_CLIENTS));
        refuses(
                IllegalArgumentException.class,
                "the secret of readers has 15 bytes",
                () -> shared.withReaderSecret(new byte[15]));
        refuses(
                IllegalArgumentException.class,
                "the secret of clients is the same as another one",
                () -> shared.withClientSecret(SECRET));
        refuses(
                IllegalArgumentException.class,
                "the secret of readers is the same as another one",
                () -> shared.withClientSecret(OF_CLIENTS).withReaderSecret(OF_CLIENTS));
        // The same key to HMAC.
        refuses(
                IllegalArgumentException.class,
                "the secret of clients is the same as another one",
                () -> shared.withClientSecret(Arrays.copyOf(SECRET, SECRET.length + 1)));
        refuses(
                IllegalStateException.class,
                "there is a secret of clients already",
                () -> shared.withClientSecret(OF_CLIENTS).withClientSecret(OF_READERS));
        refuses(IllegalStateException.class, "readOnly([b]): only mutual TLS proves names", () -> shared.readOnly(B));
    }

    @Test
    void whatContradictsOtherSettingsOfANodeIsRefused() {
        refuses(
                IllegalStateException.class,
                "security: peer c is not on the allow-list",
                () -> Nodes.builder("a")
                        .peer("c", "127.0.0.1:1")
                        .security(Security.mutualTls(context()).allow(B, "b"))
                        .start());
        refuses(
                IllegalStateException.class,
                "security: allow is set, but the nodes that dial",
                () -> Nodes.builder("a")
                        .listen("127.0.0.1:0")
                        .security(Security.tls(context()).allow(B, "b"))
                        .start());
        refuses(
                IllegalStateException.class,
                "security: readOnly names b, which is a peer",
                () -> Nodes.builder("a")
                        .peer("b", "127.0.0.1:1")
                        .security(Security.mutualTls(context()).readOnly(B))
                        .start());
        refuses(
                IllegalStateException.class,
                "security: a secret of clients or readers is set, but nobody dials",
                () -> Nodes.builder("a")
                        .peer("b", "127.0.0.1:1")
                        .security(Security.sharedSecret(SECRET).withClientSecret(OF_CLIENTS))
                        .start());
    }

    private static SSLContext context() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static <T extends Throwable> void refuses(Class<T> type, String start, Executable setting) {
        T failure = assertThrows(type, setting);
        assertTrue(failure.getMessage().startsWith(start), failure.getMessage());
    }

    @Test
    void aKeyOfANodeIsForASecretWithoutMutualTlsAndIsAFingerprint() {
        String key = "SHA256:" + "a".repeat(43);
        IllegalStateException open =
                assertThrows(IllegalStateException.class, () -> Security.none().nodeKey(NodeId.of("a"), key));
        IllegalArgumentException wrong = assertThrows(
                IllegalArgumentException.class,
                () -> Security.sharedSecret(new byte[16]).nodeKey(NodeId.of("a"), "SHA256:short"));

        assertTrue(open.getMessage().contains("no mutual TLS; leave it out with none"), open.getMessage());
        assertTrue(wrong.getMessage().contains("take it from the log of node a"), wrong.getMessage());
    }

    @Test
    void aNodeHasOneKey() {
        String one = "SHA256:" + "a".repeat(43);
        String other = "SHA256:" + "b".repeat(43);
        Security security = Security.sharedSecret(SECRET).nodeKey(B, one);

        assertEquals(one, security.nodeKey(B, one).settings().nodeKeys().get(B));
        refuses(
                IllegalStateException.class,
                "nodeKey of b is set twice, to " + one + " and to " + other,
                () -> security.nodeKey(B, other));
    }
}
