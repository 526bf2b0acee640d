package io.coterie.rpc.plugged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PluggedTransportTest {
    private static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    private static final NodeId B = NodeId.of("b");
    private static final CallOptions WITHIN_A_SECOND = CallOptions.within(Duration.ofSeconds(1));

    @Test
    void carriesCallsOnVirtualTimeWithoutAnyThread() {
        InMemoryNetwork network = new InMemoryNetwork();
        ManualWorld world = new ManualWorld();
        RpcNode a = node("a", network, world);
        RpcNode b = node("b", network, world);
        b.serve(ECHO, (caller, text) -> text + " from " + caller);

        CompletableFuture<String> answer = a.call(B, ECHO, "hello", WITHIN_A_SECOND);

        assertFalse(answer.isDone());
        world.run();
        assertEquals("hello from a", answer.join());
    }

    @Test
    void carriesCallsBetweenNodesWithLoopsOfTheirOwn() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork();
        try (RpcNode a = onLoopOfItsOwn("a", network);
                RpcNode b = onLoopOfItsOwn("b", network)) {
            b.serve(
                    ECHO,
                    (caller, text) -> text + " from " + caller + " on "
                            + (b.world().scheduler().inLoop() ? "the loop" : "a thread"));

            String answer = a.call(B, ECHO, "hello", WITHIN_A_SECOND).get(5, TimeUnit.SECONDS);

            assertEquals("hello from a on a thread", answer);
            assertTrue(a.isConnected(NodeId.of("a")));
        }
    }

    @Test
    void aTransportThatCannotStartIsClosedAndLeavesNoThread() {
        BrokenTransport broken = new BrokenTransport();
        RpcNodeBuilder builder =
                RpcNode.builder().cluster("test").self("broken").transport(broken);

        assertThrows(AssertionError.class, builder::start);

        assertTrue(broken.closed);
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("coterie-broken")));
    }

    private static final class BrokenTransport implements Transport {
        volatile boolean closed;

        @Override
        public void start(Receiver receiver) {
            throw new AssertionError("broken on purpose");
        }

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return false;
        }

        @Override
        public int maxMessageBytes() {
            return 8192;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static RpcNode node(String name, InMemoryNetwork network, ManualWorld world) {
        return RpcNode.builder()
                .cluster("test")
                .self(name)
                .transport(network.transportOf(name))
                .world(world.world())
                .start();
    }

    private static RpcNode onLoopOfItsOwn(String name, InMemoryNetwork network) {
        return RpcNode.builder()
                .cluster("test")
                .self(name)
                .transport(network.transportOf(name))
                .start();
    }
}
