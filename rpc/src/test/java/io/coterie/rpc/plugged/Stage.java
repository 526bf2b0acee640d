package io.coterie.rpc.plugged;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;

/**
 * Nodes on virtual time, each start with a chance of its own, over a network in which a test has
 * its hand.
 */
final class Stage {
    static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    static final RpcMethod<String, String> ONCE = new RpcMethod<>("once", Codec.utf8(), Codec.utf8(), false);
    static final NodeId A = NodeId.of("a");
    static final NodeId B = NodeId.of("b");
    static final NodeId C = NodeId.of("c");
    static final long MILLI = 1_000_000;
    static final RetryPolicy RETRY = RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(10));
    static final CallOptions ONE_SECOND = CallOptions.within(Duration.ofSeconds(1));

    /** Attempts of 100 ms, each 10 ms after the one before was given up. */
    static final CallOptions IMPATIENT = ONE_SECOND.retrying(RETRY).withAttemptTimeout(Duration.ofMillis(100));

    final InMemoryNetwork network = new InMemoryNetwork();
    final ManualWorld world = new ManualWorld();
    private final long start = world.nanos();
    private long seed = 1;

    /** Keeps tasks until the test runs them. */
    static final class ManualExecutor implements Executor {
        final Deque<Runnable> tasks = new ArrayDeque<>();
        boolean rejects;

        @Override
        public void execute(Runnable task) {
            if (rejects) {
                throw new RejectedExecutionException("full, on purpose");
            }
            tasks.add(task);
        }

        void runNext() {
            tasks.remove().run();
        }
    }

    RpcNode node(String name) {
        return node(name, builder -> builder);
    }

    /** Starts a node, in place of one of that name that was there before. */
    RpcNode node(String name, UnaryOperator<RpcNodeBuilder> choices) {
        SplittableRandom random = new SplittableRandom(seed++);
        RandomSource source = random::nextLong;
        return choices.apply(RpcNode.builder()
                        .cluster("test")
                        .self(name)
                        .transport(network.transportOf(name))
                        .world(new World(world, world, source)))
                .start();
    }

    /** Lets milliseconds pass. */
    void pass(long millis) {
        world.advance(millis * MILLI);
    }

    /** Milliseconds since the start. */
    long millis() {
        return (world.nanos() - start) / MILLI;
    }

    /** For calls whose end is not what the test is about. */
    static void ignore(Object calls) {
        assertNotNull(calls);
    }

    static <T extends RpcException> T failureOf(Class<T> type, CompletableFuture<?> call) {
        assertTrue(call.isDone(), "the call has not ended");
        return assertInstanceOf(
                type, assertThrows(CompletionException.class, call::join).getCause());
    }
}
