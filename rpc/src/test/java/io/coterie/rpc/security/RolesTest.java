package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which role a node has at another one over TCP, under each mode of security. */
class RolesTest {
    private static final byte[] OF_REPLICAS = "drawn for the replicas".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_CLIENTS = "drawn for the clients".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_READERS = "drawn for the readers".getBytes(StandardCharsets.US_ASCII);

    /** Of a node that is not there: a name and an address as of a peer. */
    private static final String NOBODY = "127.0.0.1:1";

    private static final RpcMethod<String, String> READ =
            new RpcMethod<>("read", Codec.utf8(), Codec.utf8(), true).allowedTo(Role.READER);

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void withoutAProofTheNameDecides() {
        RpcNode b = listening(Security.none());
        assertEquals(Role.REPLICA, roleOf(b, "peer", Security.none()));
        assertEquals(Role.CLIENT, roleOf(b, "other", Security.none()));
        assertEquals(Role.READER, roleAt(b, NodeId.of("nobody")));
    }

    @Test
    void theSecretThatWasProvenDecides() {
        RpcNode b = listening(threeSecrets());
        assertEquals(Role.REPLICA, roleOf(b, "peer", Security.sharedSecret(OF_REPLICAS)));
        assertEquals(Role.CLIENT, roleOf(b, "other", Security.sharedSecret(OF_REPLICAS)));
        assertEquals(Role.CLIENT, roleOf(b, "client", Security.sharedSecret(OF_CLIENTS)));
        assertEquals(Role.READER, roleOf(b, "reader", Security.sharedSecret(OF_READERS)));
    }

    @Test
    void aLesserSecretUnderTheNameOfAPeerIsRefused() {
        RpcNode b = listening(threeSecrets());
        isRefused(
                b,
                "peer",
                OF_CLIENTS,
                "it knows 'peer' as a replica, but this node has proven only the secret of clients");
        isRefused(
                b,
                "peer",
                OF_READERS,
                "it knows 'peer' as a replica, but this node has proven only the secret of readers");
        isRefused(b, "other", "drawn for somebody".getBytes(StandardCharsets.US_ASCII), "the shared secrets differ");
    }

    @Test
    void theCertificateDecidesUnderMutualTls(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode b = listening(mutual(certificates, "b").readOnly(NodeId.of("reader")));
        assertEquals(Role.REPLICA, roleOf(b, "peer", mutual(certificates, "peer")));
        assertEquals(Role.CLIENT, roleOf(b, "other", mutual(certificates, "other")));
        assertEquals(Role.READER, roleOf(b, "reader", mutual(certificates, "reader")));
    }

    @Test
    void aReaderIsOneWhateverSecretItKnows(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode b = listening(mutual(certificates, "b")
                .withSharedSecret(OF_REPLICAS)
                .withClientSecret(OF_CLIENTS)
                .readOnly(NodeId.of("reader")));
        assertEquals(
                Role.READER, roleOf(b, "reader", mutual(certificates, "reader").withSharedSecret(OF_REPLICAS)));
        assertEquals(
                Role.CLIENT, roleOf(b, "client", mutual(certificates, "client").withSharedSecret(OF_CLIENTS)));
        assertEquals(
                Role.REPLICA, roleOf(b, "peer", mutual(certificates, "peer").withSharedSecret(OF_REPLICAS)));
    }

    @Test
    void aNodeThatWasDialedIsAReplicaToTheOneThatDialed() {
        RpcNode b = listening(threeSecrets());
        RpcNode client = dialing(b, "client", Security.sharedSecret(OF_CLIENTS));
        assertEquals("x", read(client, b));
        assertEquals(Role.REPLICA, roleAt(client, b.self()));
    }

    @Test
    void aReaderReadsAndIsRefusedTheRest() {
        RpcNode b = listening(threeSecrets());
        RpcNode reader = dialing(b, "reader", Security.sharedSecret(OF_READERS));
        assertEquals("x", read(reader, b));

        NotPermittedException failure =
                Nodes.failureOf(NotPermittedException.class, reader.call(b.self(), Nodes.ECHO, "x", Nodes.PATIENT));

        assertFalse(failure.maybeExecuted());
        assertTrue(
                failure.getMessage()
                        .startsWith(
                                "call of echo to b: not permitted: the method needs the role client or higher, but this node"
                                        + " has the role reader there; "),
                failure.getMessage());
        assertTrue(reader.isConnected(b.self()));
    }

    private static Security threeSecrets() {
        return Security.sharedSecret(OF_REPLICAS).withClientSecret(OF_CLIENTS).withReaderSecret(OF_READERS);
    }

    private static Security mutual(Certificates certificates, String name) {
        return Security.mutualTls(certificates.context(certificates.signed(name)));
    }

    /** A node with a peer named so. */
    private RpcNode listening(Security security) {
        RpcNode node = nodes.echoing(
                Nodes.builder("b").listen("127.0.0.1:0").peer("peer", NOBODY).security(security));
        node.serveInline(READ, (caller, text) -> text);
        return node;
    }

    private RpcNode dialing(RpcNode b, String name, Security security) {
        return nodes.start(Nodes.builder(name).peer(b.self(), b.boundAddress()).security(security));
    }

    /** The role at a node of one that dials it. */
    private Role roleOf(RpcNode b, String name, Security security) {
        RpcNode dialer = dialing(b, name, security);
        assertEquals("x", read(dialer, b));
        return roleAt(b, dialer.self());
    }

    private static String read(RpcNode from, RpcNode to) {
        return Nodes.get(from.call(to.self(), READ, "x", Nodes.PATIENT));
    }

    private static Role roleAt(RpcNode node, NodeId peer) {
        CompletableFuture<Role> role = new CompletableFuture<>();
        node.world().scheduler().execute(() -> role.complete(node.loop().role(peer)));
        return Nodes.get(role);
    }

    private void isRefused(RpcNode b, String name, byte[] secret, String reason) {
        RpcNode dialer = dialing(b, name, Security.sharedSecret(secret));
        Await.until(reason, () -> String.valueOf(dialer.lastFailure(b.self())).contains(reason));
        PeerUnavailableException failure = Nodes.failureOf(
                PeerUnavailableException.class,
                dialer.call(b.self(), READ, "x", CallOptions.within(Duration.ofSeconds(10))));
        assertTrue(failure.getMessage().contains(reason), failure.getMessage());
        assertFalse(b.isConnected(dialer.self()));
        dialer.close();
    }
}
