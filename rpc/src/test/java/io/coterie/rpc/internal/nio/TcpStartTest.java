package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.rpc.FreePorts;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.internal.nio.links.TcpTransport;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TcpStartTest {
    @Test
    void onALoopThatHasEndedItFailsAndLeavesThePortFree() throws IOException {
        int port = FreePorts.next();
        EventLoop loop = EventLoop.start("ended", IdleStrategy.block());
        TcpTransport transport =
                new TcpTransport(TcpNode.settings("a", "test", new HostPort("127.0.0.1", port), Map.of()), loop);
        loop.close();

        try (TcpNode receiver = TcpNode.listening("receiver")) {
            assertThrows(ListenException.class, () -> transport.start(receiver));
        }

        new ServerSocket(port).close();
    }
}
