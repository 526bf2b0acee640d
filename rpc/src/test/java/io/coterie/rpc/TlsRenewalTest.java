package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.internal.nio.Certificates;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are replaced while nodes run. */
class TlsRenewalTest {
    @TempDir
    static Path directory;

    private static Certificates certificates;
    private static SSLContext expired;

    private final Nodes nodes = new Nodes();

    @BeforeAll
    static void makeAuthority() {
        certificates = new Certificates(directory, "ours");
        expired = certificates.context(certificates.signed("a", "-startdate", "-3d", "-validity", "1"));
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void theOneThatDialsShowsItsRenewedCertificateAtTheNextAttempt() {
        RpcNode b = nodes.echoing(listening("b", Security.mutualTls(certificates.contextFor("b"))));
        AtomicReference<SSLContext> current = new AtomicReference<>(expired);
        RpcNode a = nodes.start(dialing("a", b, Security.mutualTls(current::get)));
        Nodes.await("refusal", () -> String.valueOf(a.lastFailure(b.self())).contains("did not take"));

        current.set(certificates.contextFor("a"));

        assertEquals("x", Nodes.echo(a, b, "x"));
    }

    @Test
    void theOneThatIsDialedShowsItsRenewedCertificateAtTheNextConnect() {
        AtomicReference<SSLContext> current = new AtomicReference<>(certificates.contextFor("b"));
        RpcNode b = nodes.echoing(listening("b", Security.mutualTls(current::get)));
        RpcNode first = nodes.start(dialing("a", b, Security.mutualTls(certificates.contextFor("a"))));
        assertEquals("1", Nodes.echo(first, b, "1"));

        current.set(certificates.contextFor("rack-7"));

        assertEquals("2", Nodes.echo(first, b, "2"));
        RpcNode second = nodes.start(dialing("c", b, Security.mutualTls(certificates.contextFor("c"))));
        Nodes.await(
                "new certificate",
                () -> String.valueOf(second.lastFailure(b.self())).contains("is for [rack-7], not for node 'b'"));
    }

    @Test
    void aCertificateThatHasBeenReplacedIsNotShownAgainByAResumedSession() {
        AtomicReference<SSLContext> current = new AtomicReference<>(certificates.contextFor("a"));
        RpcNode b = nodes.echoing(listening("b", Security.mutualTls(certificates.contextFor("b"))));
        RpcNode a = nodes.start(dialing("a", b, Security.mutualTls(current::get)));
        assertEquals("1", Nodes.echo(a, b, "1"));

        b.close();
        current.set(expired);
        nodes.echoing(
                Nodes.builder("b").listen(b.boundAddress()).security(Security.mutualTls(certificates.contextFor("b"))));

        Nodes.await("refusal", () -> String.valueOf(a.lastFailure(b.self())).contains("did not take"));
        assertFalse(a.isConnected(b.self()));
    }

    @Test
    void theSupplierIsAskedOffTheLoopAndMayFailOnce() {
        RpcNode b = nodes.echoing(listening("b", Security.mutualTls(certificates.contextFor("b"))));
        SSLContext right = certificates.contextFor("a");
        AtomicReference<Boolean> fails = new AtomicReference<>(false);
        CompletableFuture<String> thread = new CompletableFuture<>();
        RpcNode a = nodes.start(dialing("a", b, Security.mutualTls(() -> {
            if (Thread.currentThread().getName().startsWith("coterie-a")) {
                thread.complete(Thread.currentThread().getName());
                if (!fails.getAndSet(true)) {
                    throw new IllegalStateException("the file is being written");
                }
            }
            return right;
        })));

        assertEquals("x", Nodes.echo(a, b, "x"));
        assertEquals("coterie-a-tls", Nodes.get(thread));
        assertTrue(fails.get());
    }

    private static RpcNodeBuilder listening(String name, Security security) {
        return Nodes.builder(name).listen("127.0.0.1:0").security(security);
    }

    private static RpcNodeBuilder dialing(String name, RpcNode other, Security security) {
        return Nodes.builder(name).peer(other.self(), other.boundAddress()).security(security);
    }
}
