package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.FreePorts;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Finding.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is found at an address proves its name as a node that is dialed by its name does. */
class SecuredFindTest {
    private static final NodeId B = NodeId.of("b");

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void aCertificateOfTheNameThatIsClaimedIsAccepted(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode b = listening(mutual(certificates, "b"));
        RpcNode a = dialing(mutual(certificates, "a"));

        assertEquals(Finding.of(B), find(a, b));
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertEquals(Finding.of(B), find(a, b));
    }

    @Test
    void aCertificateOfAnotherNameIsRefused(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode impostor = listening(mutual(certificates, "c"));
        RpcNode a = dialing(mutual(certificates, "a"));

        Finding found = find(a, impostor);

        assertEquals(Kind.REFUSED, found.kind());
        assertTrue(found.text().contains("the certificate shown is for [c], not for node 'b'"), found.text());
        assertFalse(a.isConnected(B));
    }

    @Test
    void aNameThatIsNotOnTheAllowListIsRefused(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode b = listening(mutual(certificates, "b"));
        RpcNode a = dialing(Security.mutualTls(certificates.context(certificates.signed("a")))
                .allow(NodeId.of("c"), "b"));

        Finding found = find(a, b);

        assertEquals(Kind.REFUSED, found.kind());
        assertTrue(found.text().contains("node 'b' is not on the allow-list"), found.text());
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused(@TempDir Path directory, @TempDir Path elsewhere) {
        RpcNode b = listening(mutual(new Certificates(elsewhere, "another"), "b"));
        RpcNode a = dialing(mutual(new Certificates(directory, "authority"), "a"));

        Finding found = find(a, b);

        assertEquals(Kind.SILENT, found.kind());
        assertTrue(found.text().contains("certificate"), found.text());
    }

    @Test
    void aHostThatTheCertificateDoesNotNameIsRefused(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode b = listening(Security.tls(certificates.contextFor("elsewhere")));
        RpcNode a = dialing(Security.tls(certificates.context(null)));

        assertEquals(Kind.SILENT, find(a, b).kind());
        assertFalse(a.isConnected(B));
    }

    @Test
    void theSecretIsProvenByBoth() {
        RpcNode b = listening(secret("of the cluster"));

        assertEquals(Finding.of(B), find(dialing(secret("of the cluster")), b));
        RpcNode guesser = nodes.start(Nodes.builder("c").peersLater().security(secret("guessed")));
        Finding found = find(guesser, b);
        assertEquals(Kind.REFUSED, found.kind());
        assertTrue(found.text().contains("the shared secrets differ"), found.text());
    }

    @Test
    void aKeyThatIsConfiguredIsDemandedOfWhoIsFound() {
        RpcNode b = nodes.echoing(Nodes.builder("b")
                .listen("127.0.0.1:0")
                .security(secret("of the cluster"))
                .nodeKey(new MapKeyFiles()));
        RpcNode a = dialing(secret("of the cluster").nodeKey(B, "SHA256:" + "0".repeat(43)));

        Finding found = find(a, b);

        assertEquals(Kind.REFUSED, found.kind());
        assertFalse(a.isConnected(B));
    }

    @Test
    void aKeyThatIsNotKnownYetIsTakenAtTheAddressOfThePeerAlone() {
        HostPort ofB = FreePorts.nextAddress();
        RpcNode impostor = nodes.echoing(keyed("b").listen("127.0.0.1:0"));
        RpcNode a = nodes.start(keyed("a").peer(B, ofB));

        Finding found = find(a, impostor);

        assertEquals(Kind.SILENT, found.kind());
        assertTrue(found.text().contains("once it has dialed it at its own address"), found.text());
        assertFalse(a.isConnected(B));
        RpcNode b = nodes.echoing(keyed("b").listen(ofB.toString()));
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertEquals(Finding.of(B), find(a, b));
        assertEquals(Kind.REFUSED, find(a, impostor).kind());
    }

    private static RpcNodeBuilder keyed(String name) {
        return Nodes.builder(name).security(secret("of the cluster")).nodeKey(new MapKeyFiles());
    }

    private static Security mutual(Certificates certificates, String name) {
        return Security.mutualTls(certificates.context(certificates.signed(name)));
    }

    private static Security secret(String text) {
        return Security.sharedSecret((text + ", for these tests").getBytes(StandardCharsets.US_ASCII));
    }

    private RpcNode listening(Security security) {
        return nodes.echoing(Nodes.builder("b").listen("127.0.0.1:0").security(security));
    }

    private RpcNode dialing(Security security) {
        return nodes.start(Nodes.builder("a").peersLater().security(security));
    }

    private static Finding find(RpcNode node, RpcNode other) {
        CompletableFuture<Finding> found = new CompletableFuture<>();
        Nodes.onLoop(node, loop -> loop.find(other.boundAddress(), 0, found::complete));
        return Nodes.get(found);
    }
}
