package io.coterie.rpc.internal.nio.links;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Nodes;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A host with several addresses, as a service of many pods has. */
class FindByHostTest {
    @Test
    void eachAttemptTakesTheNextAddressOfAHost() throws Exception {
        InetAddress[] all = {
            InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
        };
        HostPort anyPort = new HostPort("127.0.0.1", 0);
        try (TcpNode b = TcpNode.listening("b");
                TcpNode a = new TcpNode(TcpNode.settings("a", "test", anyPort, Map.of()), host -> all)) {
            HostPort service =
                    new HostPort("service", b.transport.boundAddress().port());

            Finding first = find(a, service, 0);
            assertEquals(Finding.Kind.SILENT, first.kind());
            assertTrue(first.text().contains("connection refused by service"), first.text());
            assertEquals(Finding.of(NodeId.of("b")), find(a, service, 1));
        }
    }

    private static Finding find(TcpNode node, HostPort address, int attempt) {
        CompletableFuture<Finding> found = new CompletableFuture<>();
        node.loop.execute(() -> node.transport.find(address, attempt, found::complete));
        return Nodes.get(found);
    }
}
