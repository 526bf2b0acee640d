package io.coterie.rpc.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.FreePorts;
import io.coterie.rpc.Nodes;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Security asks the same of a peer that is set while the node runs as of any other. */
class SecuredPeersTest {
    private static final byte[] OF_CLIENTS = "drawn for the clients".getBytes(StandardCharsets.US_ASCII);
    private static final Security SECRET =
            Security.sharedSecret("drawn for these tests".getBytes(StandardCharsets.US_ASCII));
    private static final String KNOWN = "known-nodes";
    private static final RpcMethod<String, String> READ =
            new RpcMethod<>("read", Codec.utf8(), Codec.utf8(), true).allowedTo(Role.READER);
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");

    private final Nodes nodes = new Nodes();
    private final HostPort ofA = FreePorts.nextAddress();
    private final HostPort ofB = FreePorts.nextAddress();
    private final MapKeyFiles filesOfA = new MapKeyFiles();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void theRoleComesWithThePeerAndGoesWithIt() {
        RpcNode a = a(Security.none());
        RpcNode b = b(Security.none());
        awaitRole(a, Role.CLIENT);

        setB(a);
        awaitRole(a, Role.REPLICA);
        assertEquals("x", read(b, a));

        Nodes.onLoop(a, loop -> loop.removePeer(B));
        awaitRole(a, Role.CLIENT);
        assertEquals("x", read(b, a));
    }

    @Test
    void thoseThatAreNamedAreReplicasWhoeverIsDialed() {
        RpcNode a = a(Security.none());
        RpcNode b = b(Security.none());
        setB(a);
        awaitRole(a, Role.REPLICA);

        Nodes.onLoop(a, loop -> {
            loop.setReplicas(Set.of(A));
            assertFalse(loop.role(B).covers(Role.REPLICA));
        });
        awaitRole(a, Role.CLIENT);

        Nodes.onLoop(a, loop -> loop.setReplicas(Set.of(A, B)));
        awaitRole(a, Role.REPLICA);
        assertEquals("x", read(b, a));
    }

    @Test
    void theSecretOfClientsMakesNoReplicaOfAPeerThatIsSet() {
        RpcNode a = a(SECRET.withClientSecret(OF_CLIENTS));
        RpcNode b = b(Security.sharedSecret(OF_CLIENTS));
        awaitRole(a, Role.CLIENT);

        setB(a);

        String reason = "it knows 'b' as a replica, but this node has proven only the secret of clients";
        Await.until(reason, () -> String.valueOf(b.lastFailure(A)).contains(reason));
        assertFalse(a.isConnected(B));
    }

    @Test
    void aPeerThatIsSetProvesItsNameByACertificate(@TempDir Path directory) {
        Certificates certificates = new Certificates(directory, "authority");
        RpcNode a = a(Security.mutualTls(certificates.context(certificates.signed("a"))));
        RpcNode impostor = nodes.echoing(Nodes.builder("b")
                .listen(ofB)
                .security(Security.mutualTls(certificates.context(certificates.signed("c")))));

        setB(a);

        Await.until("refusal", () -> String.valueOf(a.lastFailure(B)).contains("certificate"));
        impostor.close();
        RpcNode b = nodes.echoing(Nodes.builder("b")
                .listen(ofB)
                .security(Security.mutualTls(certificates.context(certificates.signed("b")))));
        assertEquals("x", Nodes.echo(a, b, "x"));
        assertEquals(Role.REPLICA, roleOfB(a));
    }

    @Test
    void aPeerThatIsSetProvesItsNameByItsKey() {
        RpcNode a = a(SECRET);
        MapKeyFiles filesOfB = new MapKeyFiles();
        RpcNode client = nodes.start(Nodes.builder("b").security(SECRET).peer(A, ofA));
        awaitRole(a, Role.CLIENT);

        setB(a);

        String reason = "it accepts the name 'b' only with a key, but this node has shown none";
        Await.until(reason, () -> String.valueOf(client.lastFailure(A)).contains(reason));
        client.close();
        RpcNode b = b(filesOfB);
        assertEquals("x", read(a, b));
        assertEquals("x", read(b, a));
        assertEquals(Role.REPLICA, roleOfB(a));
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
    }

    @Test
    void aReplicaThatIsNoPeerProvesItsNameByAKeyToo() {
        RpcNode a = a(SECRET);
        RpcNode client = nodes.start(Nodes.builder("b").security(SECRET).peer(A, ofA));
        awaitRole(a, Role.CLIENT);

        Nodes.onLoop(a, loop -> loop.setReplicas(Set.of(A, B)));

        String reason = "it accepts the name 'b' only with a key, but this node has shown none";
        Await.until(reason, () -> String.valueOf(client.lastFailure(A)).contains(reason));
        assertFalse(a.isConnected(B));
    }

    @Test
    void theKeyOfAPeerThatIsRemovedIsForgotten() {
        RpcNode a = a(SECRET);
        RpcNode first = b(new MapKeyFiles());
        setB(a);
        assertEquals("x", read(a, first));
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        String before = filesOfA.text(KNOWN);

        Nodes.onLoop(a, loop -> loop.removePeer(B));

        Await.until("no line", () -> !filesOfA.text(KNOWN).contains("\nb SHA256:"));
        first.close();
        RpcNode second = b(new MapKeyFiles());
        setB(a);
        assertEquals("x", read(a, second));
        Await.until("line", () -> filesOfA.text(KNOWN).contains("\nb SHA256:"));
        assertTrue(!filesOfA.text(KNOWN).equals(before), before);
    }

    private RpcNode a(Security security) {
        RpcNodeBuilder builder =
                Nodes.builder("a").security(security).listen(ofA).peer("nobody", "127.0.0.1:1");
        return serving(security == SECRET ? builder.nodeKey(filesOfA) : builder);
    }

    /** A node that listens, and dials the other. */
    private RpcNode b(Security security) {
        return serving(Nodes.builder("b").security(security).listen(ofB).peer(A, ofA));
    }

    private RpcNode b(MapKeyFiles files) {
        return serving(
                Nodes.builder("b").security(SECRET).nodeKey(files).listen(ofB).peer(A, ofA));
    }

    private RpcNode serving(RpcNodeBuilder builder) {
        RpcNode node = nodes.start(builder);
        node.serveInline(READ, (caller, text) -> text);
        return node;
    }

    private void setB(RpcNode node) {
        Nodes.onLoop(node, loop -> loop.setPeer(B, ofB));
    }

    private static String read(RpcNode from, RpcNode to) {
        return Nodes.get(from.call(to.self(), READ, "x", Nodes.PATIENT));
    }

    private static void awaitRole(RpcNode node, Role role) {
        Await.until("role " + role, () -> roleOfB(node) == role);
    }

    private static Role roleOfB(RpcNode node) {
        CompletableFuture<Role> role = new CompletableFuture<>();
        Nodes.onLoop(node, loop -> role.complete(loop.role(B)));
        return role.join();
    }
}
