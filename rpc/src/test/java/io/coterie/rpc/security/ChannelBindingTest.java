package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coterie.rpc.Await;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Security;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody in between whose certificate is as valid for the host as that of the node. */
class ChannelBindingTest {
    private static final byte[] SECRET = "drawn for these tests".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    static Path directory;

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void theProofOfASecretIsWorthNothingOverAnotherCertificateOfTheSameHost() throws IOException {
        Certificates certificates = new Certificates(directory, "authority");
        String host = "san=dns:localhost,ip:127.0.0.1";
        Security shown = Security.tls(certificates.context(certificates.signed("b", "-ext", host)));
        Security none = Security.tls(certificates.context(null));
        AtomicInteger executed = new AtomicInteger();
        RpcNode b = nodes.start(Nodes.builder("b").listen("127.0.0.1:0").security(shown.withSharedSecret(SECRET)));
        b.serveInline(Nodes.ECHO, (caller, text, answer) -> {
            executed.incrementAndGet();
            answer.reply(text);
        });
        try (TlsRelay between = new TlsRelay(
                certificates.context(certificates.signed("m", "-ext", host)),
                b.boundAddress().port())) {
            RpcNode a = nodes.start(
                    Nodes.builder("a").peer(b.self(), between.address()).security(none.withSharedSecret(SECRET)));
            String reason = "the shared secrets differ, or something in between, such as a proxy, ends TLS";

            Await.until(reason, () -> String.valueOf(a.lastFailure(b.self())).contains(reason));

            assertFalse(a.isConnected(b.self()));
            assertFalse(b.isConnected(a.self()));
            assertEquals(0, executed.get());
        }
        RpcNode direct = nodes.start(
                Nodes.builder("c").peer(b.self(), b.boundAddress()).security(none.withSharedSecret(SECRET)));
        assertEquals("x", Nodes.echo(direct, b, "x"));
    }
}
