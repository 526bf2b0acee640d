package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.FreePorts;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;

class SimultaneousConnectTest {
    private static final int MESSAGES = 300;

    @RepeatedTest(40)
    void bothEndsSettleOnOneConnectionAndNothingIsLost() {
        HostPort ofA = FreePorts.nextAddress();
        HostPort ofB = FreePorts.nextAddress();
        try (TcpNode a = node("a", ofA, Map.of(NodeId.of("b"), ofB));
                TcpNode b = node("b", ofB, Map.of(NodeId.of("a"), ofA))) {
            for (int i = 0; i < MESSAGES; i++) {
                sendWhenConnected(a, "b", i);
                sendWhenConnected(b, "a", i);
            }

            Await.until("all messages at b", () -> b.received.size() >= MESSAGES);
            Await.until("all messages at a", () -> a.received.size() >= MESSAGES);
            assertEquals(numbers(), b.received.stream().sorted().toList());
            assertEquals(numbers(), a.received.stream().sorted().toList());
            Await.until("one connection", () -> connections(a) == 1 && connections(b) == 1);
            assertEquals(List.of("+b"), a.events);
            assertEquals(List.of("+a"), b.events);
        }
    }

    private static TcpNode node(String name, HostPort listen, Map<NodeId, HostPort> peers) {
        // The second connection must end because both hang up, not because it is silent.
        return new TcpNode(TcpNode.settings(name, "test", listen, peers, Duration.ofMinutes(5)));
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, MESSAGES).boxed().toList();
    }

    private static void sendWhenConnected(TcpNode node, String peer, int number) {
        Await.until("connection", () -> node.send(peer, number));
    }

    private static int connections(TcpNode node) {
        int[] count = new int[1];
        assertTrue(node.inLoop(() -> {
            count[0] = TcpNode.connections(node.transport);
            return true;
        }));
        return count[0];
    }
}
