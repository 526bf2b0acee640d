package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Security;
import io.coterie.rpc.error.PeerUnavailableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shared secret as users give it, alone and over TLS. */
class SecretCallTest {
    private static final byte[] SECRET = "drawn for these tests".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "drawn for other tests".getBytes(StandardCharsets.US_ASCII);

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void nodesThatKnowTheSecretCallEachOther() {
        callsWork(Security.sharedSecret(SECRET), Security.sharedSecret(SECRET.clone()));
    }

    @Test
    void aCallToANodeWithAnotherSecretReportsIt() {
        callFails(Security.sharedSecret(SECRET), Security.sharedSecret(OTHER), "the shared secrets differ");
    }

    @Test
    void aCallOfANodeWithoutASecretReportsIt() {
        callFails(
                Security.sharedSecret(SECRET), Security.none(), "it requires a shared secret, but this node has none");
    }

    @Test
    void theSameHoldsOverTls(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        Security listens =
                Security.tls(certificates.context(certificates.signed("b", "-ext", "san=dns:localhost,ip:127.0.0.1")));
        Security dials = Security.tls(certificates.context(null));

        callsWork(listens.withSharedSecret(SECRET), dials.withSharedSecret(SECRET));
        callFails(listens.withSharedSecret(SECRET), dials.withSharedSecret(OTHER), "the shared secrets differ");
        callFails(listens.withSharedSecret(SECRET), dials, "it requires a shared secret, but this node has none");
    }

    private void callsWork(Security listens, Security dials) {
        RpcNode b = listening(listens);
        RpcNode a =
                nodes.start(Nodes.builder("a").peer(b.self(), b.boundAddress()).security(dials));
        assertEquals("x", Nodes.echo(a, b, "x"));
        a.close();
        b.close();
    }

    private void callFails(Security listens, Security dials, String reason) {
        RpcNode b = listening(listens);
        RpcNode a =
                nodes.start(Nodes.builder("a").peer(b.self(), b.boundAddress()).security(dials));
        Await.until(reason, () -> String.valueOf(a.lastFailure(b.self())).contains(reason));

        PeerUnavailableException failure = Nodes.failureOf(
                PeerUnavailableException.class,
                a.call(b.self(), Nodes.ECHO, "x", CallOptions.within(Duration.ofSeconds(10))));

        assertTrue(failure.getMessage().contains(reason), failure.getMessage());
        assertFalse(failure.maybeExecuted());
        a.close();
        b.close();
    }

    private RpcNode listening(Security security) {
        return nodes.echoing(Nodes.builder("b").listen("127.0.0.1:0").security(security));
    }
}
