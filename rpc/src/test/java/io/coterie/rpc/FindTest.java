package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Finding.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that knows an address only finds out who is there, over TCP. */
class FindTest {
    private static final NodeId B = NodeId.of("b");

    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void whoIsThereIsFoundAndConnectedUnderItsName() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());

        Finding found = find(a, b.boundAddress());

        assertEquals(Finding.of(B), found);
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertEquals(Role.CLIENT, role(a));
        assertTrue(b.isConnected(a.self()));
    }

    @Test
    void theConnectionIsNotOpenedAgainByItself() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());
        find(a, b.boundAddress());

        b.close();
        Await.until("loss", () -> !a.isConnected(B));
        RpcNode again = nodes.echoing(Nodes.builder("b").listen(b.boundAddress()));

        assertEquals(Finding.of(B), find(a, again.boundAddress()));
        assertEquals("1", Nodes.echo(a, again, "1"));
    }

    @Test
    void whoIsFoundCanBeSetAsAPeer() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());
        find(a, b.boundAddress());

        Nodes.onLoop(a, loop -> loop.setPeer(B, b.boundAddress()));

        Await.until("the role of a peer", () -> role(a) == Role.REPLICA);
        assertEquals("1", Nodes.echo(a, b, "1"));
    }

    @Test
    void whoIsConnectedAlreadyStaysConnected() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());
        List<String> losses = new CopyOnWriteArrayList<>();
        a.addPeerListener(new PeerListener() {
            @Override
            public void onDisconnected(NodeId peer, String reason) {
                losses.add(reason);
            }
        });
        find(a, b.boundAddress());

        assertEquals(Finding.of(B), find(a, b.boundAddress()));
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertEquals(List.of(), losses);
    }

    /** Each may come first; then the other one is connected already, and learns to whom. */
    @Test
    void twoThatFindEachOtherAreConnectedAndBothKnowIt() {
        RpcNode b = nodes.listening("b");
        RpcNode a = nodes.listening("a");

        assertEquals(Finding.of(a.self()), find(b, a.boundAddress()));
        assertEquals(Finding.of(B), find(a, b.boundAddress()));
        CompletableFuture<Finding> first = finding(a, b.boundAddress());
        CompletableFuture<Finding> second = finding(b, a.boundAddress());
        assertEquals(Finding.of(B), Nodes.get(first));
        assertEquals(Finding.of(a.self()), Nodes.get(second));
        assertEquals("1", Nodes.echo(a, b, "1"));
        assertEquals("2", Nodes.echo(b, a, "2"));
    }

    @Test
    void aNodeFindsItself() {
        RpcNode a = nodes.listening("a");

        assertEquals(Kind.ITSELF, find(a, a.boundAddress()).kind());
    }

    @Test
    void anotherClusterIsRefusedWithBothNames() {
        RpcNode other =
                nodes.start(RpcNode.builder().cluster("another").self("b").listen("127.0.0.1:0"));
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());

        Finding found = find(a, other.boundAddress());

        assertEquals(Kind.OTHER_CLUSTER, found.kind());
        assertEquals(
                "cluster name is 'another', ours is 'test'; give both the same cluster name, or correct the address",
                found.text());
        assertFalse(a.isConnected(B));
    }

    @Test
    void aNodeOfTheSameNameIsRefused() {
        RpcNode first = nodes.listening("b");
        RpcNode second = nodes.start(Nodes.builder("b").peersLater());

        Finding found = find(second, first.boundAddress());

        assertEquals(Kind.REFUSED, found.kind());
        assertTrue(found.text().contains("another node named 'b' is alive"), found.text());
    }

    @Test
    void theNameOfAConnectedNodeIsRefused() {
        RpcNode b = nodes.listening("b");
        RpcNode first = nodes.dialing("a", b);
        assertEquals("1", Nodes.echo(first, b, "1"));
        RpcNode second = nodes.start(Nodes.builder("a").peersLater());

        Finding found = find(second, b.boundAddress());

        assertEquals(Kind.REFUSED, found.kind());
        assertTrue(found.text().contains("another node named 'a' is alive"), found.text());
    }

    @Test
    void nobodyIsFoundWhereNobodyListensAndUnderAnUnknownHost() {
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());

        Finding refused = find(a, FreePorts.nextAddress());
        assertEquals(Kind.SILENT, refused.kind());
        assertTrue(refused.text().contains("connection refused"), refused.text());
        Finding unknown = find(a, new HostPort("nobody.invalid", 7400));
        assertEquals(Finding.of(Kind.SILENT, "the host nobody.invalid is not known"), unknown);
    }

    @Test
    void whoAcceptsAndSaysNothingIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            RpcNode a = nodes.start(Nodes.builder("a").peersLater().handshakeTimeout(Duration.ofMillis(50)));

            Finding found = find(a, new HostPort("127.0.0.1", silent.getLocalPort()));

            assertEquals(Kind.SILENT, found.kind());
            assertTrue(found.text().contains("has not proven who it is within 50 ms"), found.text());
        }
    }

    @Test
    void whoSendsTooMuchIsGivenUpBeforeItIsRead() throws IOException {
        try (ServerSocket hostile = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            RpcNode a = nodes.start(Nodes.builder("a").peersLater());
            CompletableFuture<Finding> found = finding(a, new HostPort("127.0.0.1", hostile.getLocalPort()));
            try (Socket accepted = hostile.accept()) {
                accepted.getOutputStream().write(new byte[] {0x7F, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
                accepted.getOutputStream().flush();

                assertEquals(Kind.SILENT, Nodes.get(found).kind());
            }
            assertFalse(a.isConnected(B));
        }
    }

    @Test
    void aNodeThatNeitherListensNorHasAPeerSaysThatItFindsThemLater() {
        assertThrows(IllegalStateException.class, Nodes.builder("a")::start);
        assertThrows(IllegalStateException.class, Nodes.builder("a").peersLater()::peersLater);
    }

    @Test
    void port0AndOtherThreadsAreRefused() {
        RpcNode a = nodes.start(Nodes.builder("a").peersLater());

        Nodes.onLoop(
                a,
                loop -> assertThrows(
                        IllegalArgumentException.class, () -> loop.find(new HostPort("h", 0), 0, found -> {})));
        assertThrows(IllegalStateException.class, () -> a.loop().find(new HostPort("h", 1), 0, found -> {}));
    }

    private static Role role(RpcNode node) {
        CompletableFuture<Role> role = new CompletableFuture<>();
        Nodes.onLoop(node, loop -> role.complete(loop.role(B)));
        return Nodes.get(role);
    }

    private static Finding find(RpcNode node, HostPort address) {
        return Nodes.get(finding(node, address));
    }

    private static CompletableFuture<Finding> finding(RpcNode node, HostPort address) {
        CompletableFuture<Finding> found = new CompletableFuture<>();
        Nodes.onLoop(node, loop -> loop.find(address, 0, found::complete));
        return found;
    }
}
