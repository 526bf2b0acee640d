package io.coterie.rpc.internal.nio.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ResolverTest {
    private static final NodeId B = NodeId.of("b");

    @Test
    void aHostThatMovesIsFoundAtTheNextConnect() throws UnknownHostException {
        InetAddress old = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        InetAddress moved = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        assumeTrue(isLocal(moved), "this system has one loopback address only");
        AtomicReference<InetAddress> address = new AtomicReference<>(old);
        List<String> lookedUp = new CopyOnWriteArrayList<>();
        TcpNode b = TcpNode.listening("b");
        int port = b.address().port();
        try (TcpNode a = dialing("b.test", port, host -> {
            lookedUp.add(host);
            return new InetAddress[] {address.get()};
        })) {
            Await.until("connection", () -> a.connectedTo("b"));
            assertEquals(List.of("b.test"), lookedUp);

            address.set(moved);
            b.close();
            try (TcpNode again =
                    new TcpNode(TcpNode.settings("b", "test", new HostPort("127.0.0.2", port), Map.of()))) {
                Await.until("connection", () -> a.send("b", 1));
                Await.until("message", () -> again.received.contains(1));
            }
        }
    }

    @Test
    void aHostThatIsNotKnownYetIsLookedUpAgain() {
        List<String> lookedUp = new CopyOnWriteArrayList<>();
        try (TcpNode b = TcpNode.listening("b");
                TcpNode a = dialing("b.test", b.address().port(), host -> {
                    lookedUp.add(host);
                    if (lookedUp.size() < 5) {
                        throw new UnknownHostException(host);
                    }
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                })) {
            a.awaitFailure("b", "the host of b.test:" + b.address().port() + " is not known");

            Await.until("connection", () -> a.connectedTo("b"));

            assertEquals(5, lookedUp.size());
        }
    }

    @Test
    void aHostOfAPeerThatIsSetLaterIsLookedUpAgainUntilItIsKnown() {
        AtomicReference<InetAddress> known = new AtomicReference<>();
        try (TcpNode b = TcpNode.listening("b");
                TcpNode a = new TcpNode(TcpNode.settings("a", "test", new HostPort("127.0.0.1", 0), Map.of()), host -> {
                    if (known.get() == null) {
                        throw new UnknownHostException(host);
                    }
                    return new InetAddress[] {known.get()};
                })) {
            int port = b.address().port();
            a.loop.execute(() -> a.transport.setPeer(B, new HostPort("b.test", port)));
            a.awaitFailure("b", "the host of b.test:" + port + " is not known");

            known.set(InetAddress.getLoopbackAddress());

            Await.until("connection", () -> a.connectedTo("b"));
        }
    }

    @Test
    void aNameThatIsFoundAfterItsPeerWasRemovedIsNotDialed() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
        try (TcpNode b = TcpNode.listening("b");
                TcpNode a = dialing("b.test", b.address().port(), host -> {
                    asked.countDown();
                    return answer.join();
                })) {
            asked.await();
            a.loop.execute(() -> a.transport.removePeer(B));
            a.inLoop(() -> answer.complete(new InetAddress[] {InetAddress.getLoopbackAddress()}));
            HostPort address = b.address();
            // Over the same resolver, so that its answer is here by then.
            a.loop.execute(() -> a.transport.setPeer(NodeId.of("c"), new HostPort("c.test", address.port())));
            a.awaitFailure("c", "the node at this address is 'b', not 'c'");

            assertEquals(List.of(), b.events);
        }
    }

    @Test
    void aLookUpThatThrowsIsTriedAgainAndReportedOnce() {
        List<String> lookedUp = new CopyOnWriteArrayList<>();
        try (LogText log = new LogText();
                TcpNode b = TcpNode.listening("b");
                TcpNode a = dialing("b.test", b.address().port(), host -> {
                    lookedUp.add(host);
                    return switch (lookedUp.size()) {
                        case 1 -> throw new SecurityException("not allowed to ask");
                        case 2 -> throw new NoClassDefFoundError("a resolver");
                        case 3 -> new InetAddress[0];
                        default -> new InetAddress[] {InetAddress.getLoopbackAddress()};
                    };
                })) {
            Await.until("connection", () -> a.connectedTo("b"));

            assertEquals(1, log.count("cannot look up host b.test"), log::toString);
        }
    }

    @Test
    void ofSeveralAddressesTheNextIsTriedEachTime() throws UnknownHostException {
        InetAddress dead = InetAddress.getByAddress(new byte[] {127, 0, 0, 3});
        try (TcpNode b = TcpNode.listening("b");
                TcpNode a = dialing("b.test", b.address().port(), host ->
                        new InetAddress[] {dead, dead, InetAddress.getLoopbackAddress()})) {
            Await.until("connection", () -> a.connectedTo("b"));
            assertTrue(a.send("b", 1));
        }
    }

    private static boolean isLocal(InetAddress address) {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static TcpNode dialing(String host, int port, Resolver.LookUp lookUp) {
        return new TcpNode(TcpNode.settings("a", "test", null, Map.of(B, new HostPort(host, port))), lookUp);
    }
}
