package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Security;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that may not connect is refused at once, with the reason, and has nothing executed. */
class TlsRefusalTest {
    /** So long that no test can pass by it. */
    private static final Duration NEVER = Duration.ofMinutes(10);

    @TempDir
    static Path directory;

    private static Certificates certificates;
    private static Certificates others;
    private static Certificates impostors;

    private final Nodes nodes = new Nodes();
    private final AtomicInteger executed = new AtomicInteger();

    @BeforeAll
    static void makeAuthorities() throws Exception {
        certificates = new Certificates(Files.createDirectory(directory.resolve("ours")), "ours");
        others = new Certificates(Files.createDirectory(directory.resolve("others")), "others");
        impostors = new Certificates(Files.createDirectory(directory.resolve("impostors")), "ours");
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void twoOfTheRightCertificatesAreTaken() {
        RpcNode b = listening("b", mutual("b"));
        RpcNode a = dialing("a", b, mutual("a"));

        assertEquals("x", Nodes.echo(a, b, "x"));
        assertEquals(1, executed.get());
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotTakenByTheOneThatWasDialed() {
        RpcNode b = listening("b", mutual("b"));
        Security forged = Security.mutualTls(certificates.context(others.signed("a")));

        refused(dialing("a", b, forged), b, "it requires a certificate, but this node has shown none");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotTakenByTheOneThatDials() {
        RpcNode b = listening("b", Security.mutualTls(certificates.context(others.signed("b"))));

        refused(
                dialing("a", b, mutual("a")),
                b,
                "its certificate was not accepted: no authority that this node trusts");
    }

    @Test
    void anAuthorityThatOnlyHasTheNameOfTheRightOneIsNotTaken() {
        RpcNode b = listening("b", mutual("b"));
        Security forged = Security.mutualTls(certificates.context(impostors.signed("a")));
        refused(
                dialing("a", b, forged),
                b,
                "it did not accept this node's certificate (TLS alert certificate_unknown)");

        RpcNode c = listening("c", Security.mutualTls(certificates.context(impostors.signed("c"))));
        refused(dialing("d", c, mutual("d")), c, "its certificate was not accepted: signature check failed");
    }

    @Test
    void aSelfSignedCertificateIsNotTaken() {
        RpcNode b = listening("b", Security.mutualTls(certificates.context(certificates.selfSigned("b"))));

        refused(
                dialing("a", b, mutual("a")),
                b,
                "its certificate was not accepted: no authority that this node trusts");
    }

    @Test
    void anExpiredCertificateIsNotTakenByTheOneThatDials() {
        RpcNode b = listening("b", Security.mutualTls(certificates.context(expired("b"))));

        refused(dialing("a", b, mutual("a")), b, "its certificate was not accepted: it has expired (NotAfter: ");
    }

    @Test
    void anExpiredCertificateIsNotTakenByTheOneThatWasDialed() {
        RpcNode b = listening("b", mutual("b"));

        refused(
                dialing("a", b, Security.mutualTls(certificates.context(expired("a")))),
                b,
                "it did not accept this node's certificate (TLS alert certificate_");
    }

    @Test
    void whoShowsNoCertificateIsNotTaken() {
        RpcNode b = listening("b", mutual("b"));

        refused(
                dialing("a", b, Security.mutualTls(certificates.context(null))),
                b,
                "it requires a certificate, but this node has shown none");
    }

    @Test
    void theCertificateOfOneNodeDoesNotServeAnother() {
        RpcNode b = listening("b", mutual("b"));

        refused(dialing("a", b, mutual("c")), b, "the certificate shown is for [c], not for node 'a'");
        refused(dialing("b2", b, mutual("b")), b, "the certificate shown is for [b], not for node 'b2'");
    }

    @Test
    void theCommonNameOfACertificateWithOtherNamesDoesNotServeANode() {
        RpcNode b = listening("b", mutual("b"));
        Security byDns = Security.mutualTls(certificates.context(certificates.signed("a", "-ext", "san=dns:c")));
        Security byUri =
                Security.mutualTls(certificates.context(certificates.signed("a", "-ext", "san=uri:spiffe://test/c")));

        refused(dialing("a", b, byDns), b, "the certificate shown is for [c], not for node 'a'");
        refused(dialing("a", b, byUri), b, "the certificate shown is for [spiffe://test/c], not for node 'a'");
        RpcNode a = listening("a", byDns);
        refused(dialing("b", a, mutual("b")), a, "the certificate shown is for [c], not for node 'a'");
        RpcNode listed = listening("l", mutual("l").allow(NodeId.of("a"), "a"));
        refused(
                dialing("a", listed, byDns),
                listed,
                "the certificate shown is for [c], which the allow-list does not have for node 'a'");
    }

    @Test
    void theCommonNameOfACertificateWithoutOtherNamesServesItsNode() {
        RpcNode b = listening("b", Security.mutualTls(certificates.context(certificates.signed("b"))));
        Security byAddress =
                Security.mutualTls(certificates.context(certificates.signed("a", "-ext", "san=ip:127.0.0.1")));

        assertEquals("x", Nodes.echo(dialing("a", b, byAddress), b, "x"));
    }

    @Test
    void aNodeThatIsDialedMustShowTheCertificateOfTheOneThatIsLookedFor() {
        RpcNode b = listening("b", mutual("c"));

        refused(dialing("a", b, mutual("a")), b, "the certificate shown is for [c], not for node 'b'");
    }

    @Test
    void aCertificateWithoutTheHostThatWasDialedIsNotTaken() {
        Security elsewhere = Security.tls(certificates.context(certificates.signed("b", "-ext", "san=dns:b.example")));
        RpcNode b = listening("b", elsewhere);

        refused(
                dialing("a", b, Security.tls(certificates.context(null))),
                b,
                "its certificate was not accepted: No subject alternative name");
    }

    @Test
    void withTlsOfOneSideTheHostIsEnough() {
        Security here = Security.tls(certificates.context(certificates.signed("host", "-ext", "san=ip:127.0.0.1")));
        RpcNode b = listening("b", here);

        assertEquals("x", Nodes.echo(dialing("a", b, Security.tls(certificates.context(null))), b, "x"));
    }

    @Test
    void withTlsOfOneSideTheAllowListTakesThePlaceOfTheHost() {
        Security shown = Security.tls(certificates.contextFor("rack-7"));
        RpcNode b = listening("b", shown);
        Security dials = Security.tls(certificates.context(null));

        assertEquals("x", Nodes.echo(dialing("a", b, dials.allow(b.self(), "rack-7")), b, "x"));
        refusedWithout(
                dialing("c", b, dials.allow(b.self(), "rack-8")),
                b,
                "is for [rack-7], which the allow-list does not have for node 'b'");
    }

    @Test
    void theAllowListDecidesWhichNamesServeWhichNode() {
        NodeId a = NodeId.of("a");
        NodeId c = NodeId.of("c");
        Security listed = mutual("b").allow(a, "other").allow(a, "rack-1").allow(c, "spiffe://test/c");
        RpcNode b = listening("b", listed);

        assertEquals("x", Nodes.echo(dialing("a", b, mutual("rack-1")), b, "x"));
        Security uri = Security.mutualTls(
                certificates.context(certificates.signed("nobody", "-ext", "san=uri:spiffe://test/c")));
        assertEquals("y", Nodes.echo(dialing("c", b, uri), b, "y"));
    }

    @Test
    void aNodeThatIsNotOnTheAllowListIsNotTakenEvenUnderItsOwnName() {
        RpcNode b = listening("b", mutual("b").allow(NodeId.of("c"), "c"));

        refused(dialing("a", b, mutual("a")), b, "node 'a' is not on the allow-list");
    }

    @Test
    void aNameOnTheAllowListDoesNotServeAnotherNode() {
        RpcNode b = listening("b", mutual("b").allow(NodeId.of("c"), "c").allow(NodeId.of("a"), "rack-1"));

        refused(
                dialing("a", b, mutual("c")),
                b,
                "the certificate shown is for [c], which the allow-list does not have for node 'a'");
    }

    @Test
    void theOneThatDialsKeepsToItsAllowListToo() {
        RpcNode b = listening("b", mutual("b"));

        refused(
                dialing("a", b, mutual("a").allow(b.self(), "rack-1")),
                b,
                "the certificate shown is for [b], which the allow-list does not have for node 'b'");
    }

    @Test
    void onePlainAndOneWithTlsReportIt() {
        RpcNode b = listening("b", mutual("b"));
        refused(dialing("a", b, Security.none()), b, "one of the two speaks TLS, and the other does not");

        RpcNode plain = listening("p", Security.none());
        refused(
                dialing("c", plain, mutual("c")),
                plain,
                "it does not speak TLS, but this node does; set the same mode of security on both");
    }

    @Test
    void aNodeThatListensNeedsAKey() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class, () -> listening("b", Security.mutualTls(certificates.context(null))));

        assertTrue(
                failure.getMessage().startsWith("security: the SSLContext has no key that this node could show"),
                failure.getMessage());
    }

    @Test
    void aSupplierThatFailsIsReported() {
        IllegalStateException nothing =
                assertThrows(IllegalStateException.class, () -> listening("b", Security.mutualTls(() -> null)));
        IllegalStateException broken = assertThrows(
                IllegalStateException.class,
                () -> listening("b", Security.mutualTls(() -> {
                    throw new IllegalArgumentException("no such file");
                })));

        assertEquals("security: the supplier of the SSLContext returned null", nothing.getMessage());
        assertTrue(broken.getMessage().contains("no such file"), broken.getMessage());
    }

    private void refused(RpcNode from, RpcNode to, String reason) {
        refusedWithout(from, to, reason);
        assertEquals(0, executed.get());
    }

    private void refusedWithout(RpcNode from, RpcNode to, String reason) {
        int before = executed.get();
        try {
            Await.until(
                    reason, () -> String.valueOf(from.lastFailure(to.self())).contains(reason));
        } catch (AssertionError e) {
            throw new AssertionError(reason + ", but: " + from.lastFailure(to.self()), e);
        }
        PeerUnavailableException failure = Nodes.failureOf(
                PeerUnavailableException.class,
                from.call(to.self(), Nodes.ECHO, "x", CallOptions.within(Duration.ofSeconds(10))));
        assertFalse(failure.maybeExecuted());
        assertFalse(from.isConnected(to.self()));
        assertFalse(to.isConnected(from.self()));
        assertEquals(before, executed.get());
    }

    private static Security mutual(String name) {
        return Security.mutualTls(certificates.contextFor(name));
    }

    private static KeyStore expired(String name) {
        return certificates.signed(name, "-startdate", "-3d", "-validity", "1");
    }

    private RpcNode listening(String name, Security security) {
        RpcNode node = nodes.start(Nodes.builder(name)
                .listen("127.0.0.1:0")
                .handshakeTimeout(NEVER)
                .security(security));
        node.serveInline(Nodes.ECHO, (caller, text, answer) -> {
            executed.incrementAndGet();
            answer.reply(text);
        });
        return node;
    }

    private RpcNode dialing(String name, RpcNode other, Security security) {
        return nodes.start(Nodes.builder(name)
                .peer(other.self(), other.boundAddress())
                .handshakeTimeout(NEVER)
                .security(security));
    }
}
