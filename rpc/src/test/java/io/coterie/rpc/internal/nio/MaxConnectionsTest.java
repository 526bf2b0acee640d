package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaxConnectionsTest {
    private static final NodeId B = NodeId.of("b");

    @Test
    void pastTheMostAFurtherNodeIsRefusedUntilThereIsRoom() {
        try (LogText log = new LogText();
                TcpNode b = new TcpNode(atMostOne("b", Map.of()))) {
            TcpNode c = dialing("c", b.address());
            Await.until("connection", () -> c.connectedTo("b"));

            try (TcpNode d = dialing("d", b.address())) {
                d.awaitFailure("b", "it has 1 connections already, and may have no more");
                Await.until(
                        "what to do",
                        () -> log.count("may have no more; raise maxConnections at the node that was dialed") == 2);
                assertEquals(List.of("+c"), b.events);
                assertTrue(c.send("b", 1));
                Await.until("message", () -> b.received.contains(1));

                c.close();

                Await.until("connection", () -> d.connectedTo("b"));
            }
        }
    }

    @Test
    void onesThatTheNodeDialsAreConnectedPastIt() {
        try (TcpNode x = TcpNode.listening("x");
                TcpNode y = TcpNode.listening("y");
                TcpNode b =
                        new TcpNode(atMostOne("b", Map.of(NodeId.of("x"), x.address(), NodeId.of("y"), y.address())))) {
            Await.until("connections", () -> b.connectedTo("x") && b.connectedTo("y"));
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        for (int connections : new int[] {0, -1, 1_000_001}) {
            assertEquals(
                    "maxConnections " + connections + " is not within 1 to 1000000",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> RpcNode.builder().maxConnections(connections))
                            .getMessage());
        }
    }

    private static TcpNode dialing(String name, HostPort address) {
        return new TcpNode(TcpNode.settings(name, "test", null, Map.of(B, address)));
    }

    private static TcpSettings atMostOne(String name, Map<NodeId, HostPort> peers) {
        TcpSettings settings = TcpNode.settings(name, "test", new HostPort("127.0.0.1", 0), peers);
        return new TcpSettings(
                settings.cluster(),
                settings.self(),
                settings.listen(),
                settings.peers(),
                settings.maxMessageBytes(),
                settings.maxQueuedBytes(),
                settings.reconnect(),
                settings.handshakeTimeout(),
                settings.silenceLimit(),
                settings.maxUnauthenticated(),
                1,
                settings.security(),
                null);
    }
}
