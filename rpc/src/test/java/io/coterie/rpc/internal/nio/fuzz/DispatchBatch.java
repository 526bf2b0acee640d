package io.coterie.rpc.internal.nio.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.internal.nio.Measured;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.plugged.ManualWorld;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Messages that come to a node without a network, some as answers to calls that it has made. */
final class DispatchBatch implements Campaign.Batch, AutoCloseable {
    private static final int MESSAGES = 500;
    private static final long HEAP_PER_MESSAGE = 8 << 10;
    private static final Duration TIMEOUT = Duration.ofMillis(10);

    private final List<byte[]> corpus = FuzzNode.messages();
    private final List<NodeId> peers = List.of(NodeId.of("p0"), NodeId.of("p1"), NodeId.of("p2"));
    private final Overheard overheard = new Overheard();
    private final MemoryTransport transport = new MemoryTransport(overheard::note);
    private final ManualWorld world = new ManualWorld();
    private final ErrorLog log = new ErrorLog();
    private final RpcNode node = RpcNode.builder()
            .cluster("test")
            .self("server")
            .transport(transport)
            .world(world.world())
            .start();

    DispatchBatch() {
        FuzzNode.serveAll(node);
    }

    @Override
    public int run(SplittableRandom random) {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (NodeId peer : peers) {
            calls.add(node.call(peer, FuzzNode.ECHO, "a call", CallOptions.within(TIMEOUT)));
            calls.add(node.call(peer, FuzzNode.LONG, 7L, CallOptions.within(TIMEOUT)));
            calls.add(node.call(peer, FuzzNode.ONCE, "a call", CallOptions.within(TIMEOUT)));
        }
        Mutator mutator = new Mutator(random);
        List<byte[]> messages = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = mutator.mutated(corpus);
            overheard.useFor(message, random);
            messages.add(message);
            bytes += message.length;
        }
        long before = Measured.allocatedBy(Thread.currentThread().getId());
        for (byte[] message : messages) {
            deliver(mutator.any(peers), message);
        }
        long allocated = Measured.allocatedBy(Thread.currentThread().getId()) - before;
        assertTrue(allocated <= MESSAGES * HEAP_PER_MESSAGE + 8 * bytes, () -> allocated + " bytes allocated");
        world.advance(TIMEOUT.toNanos());
        assertTrue(calls.stream().allMatch(CompletableFuture::isDone), "a call continues past its deadline");
        return MESSAGES;
    }

    private void deliver(NodeId from, byte[] message) {
        try {
            transport.deliver(from, ByteBuffer.wrap(message));
            world.run();
            assertEquals("", log.errors());
        } catch (Throwable e) {
            throw new AssertionError(
                    "the message " + HexFormat.of().formatHex(message) + " made the node throw " + e, e);
        }
    }

    @Override
    public void close() {
        node.close();
        log.close();
    }
}
