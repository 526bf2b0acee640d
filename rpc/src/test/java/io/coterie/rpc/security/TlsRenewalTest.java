package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
        Await.until("refusal", () -> String.valueOf(a.lastFailure(b.self())).contains("did not accept"));

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
        Await.until(
                "new certificate",
                () -> String.valueOf(second.lastFailure(b.self())).contains("is for [rack-7], not for node 'b'"));
    }

    @Test
    void certificatesAreCheckedAtEachConnectBecauseNoSessionIsResumed() {
        AtomicInteger ofA = new AtomicInteger();
        AtomicInteger ofB = new AtomicInteger();
        SSLContext contextOfB =
                certificates.context(certificates.signed("b", "-ext", "san=ip:127.0.0.1"), ofA::incrementAndGet);
        SSLContext contextOfA = certificates.context(certificates.signed("a"), ofB::incrementAndGet);

        connectTwice(Security.mutualTls(contextOfA), Security.mutualTls(contextOfB));
        assertEquals(2, ofA.get());
        assertEquals(2, ofB.get());

        connectTwice(Security.tls(contextOfA), Security.tls(contextOfB));
        assertEquals(2, ofA.get());
        assertEquals(4, ofB.get());
    }

    private void connectTwice(Security ofA, Security ofB) {
        RpcNode b = nodes.echoing(listening("b", ofB));
        RpcNode a = nodes.start(dialing("a", b, ofA));
        assertEquals("1", Nodes.echo(a, b, "1"));
        b.close();
        RpcNode again =
                nodes.echoing(Nodes.builder("b").listen(b.boundAddress()).security(ofB));
        assertEquals("2", Nodes.echo(a, again, "2"));
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
