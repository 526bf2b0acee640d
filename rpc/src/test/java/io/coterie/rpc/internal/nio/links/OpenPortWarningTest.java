package io.coterie.rpc.internal.nio.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings.Proof;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is logged when a port is opened to other machines. */
class OpenPortWarningTest {
    private static final SharedSecret SECRET = new SharedSecret(new byte[16]);

    @Test
    void aPortWithoutAnyProofIsWarnedOf() throws IOException {
        assertTrue(logOf("0.0.0.0", Proof.NONE, null).contains("without authentication or encryption"));
    }

    @Test
    void tlsThatLetsAnyoneInIsWarnedOf() throws IOException {
        assertTrue(logOf("0.0.0.0", Proof.DIALED, null).contains("without certificates of the nodes that dial"));
    }

    @Test
    void aPortThatAsksForAProofIsNot() throws IOException {
        assertEquals("", logOf("0.0.0.0", Proof.BOTH, null));
        assertEquals("", logOf("0.0.0.0", Proof.DIALED, SECRET));
    }

    @Test
    void aSecretWithoutEncryptionIsWarnedOf() throws IOException {
        assertTrue(logOf("0.0.0.0", Proof.NONE, SECRET).contains("a shared secret alone does not encrypt"));
    }

    @Test
    void aPortOfThisMachineOnlyIsNot() throws IOException {
        assertEquals("", logOf("127.0.0.1", Proof.NONE, SECRET));
        assertEquals("", logOf("127.0.0.1", Proof.NONE, null));
    }

    /** What opening a port logs; nobody is accepted there. */
    private static String logOf(String host, Proof proof, @Nullable SharedSecret secret) throws IOException {
        SecuritySettings security = new SecuritySettings(proof, null, secret, Map.of());
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
        try (EventLoop loop = EventLoop.start("warned", IdleStrategy.block());
                ListeningSocket opened = ListeningSocket.bind(new HostPort(host, 0), loop, security, channel -> {})) {
            assertTrue(opened.address().port() > 0);
            return text.toString(StandardCharsets.UTF_8);
        } finally {
            System.setErr(before);
        }
    }
}
