package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of a node whose loop does not continue, since a user's code blocks it, or cannot. */
class HeldUpCallTest {
    private static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    private static final RpcMethod<String, String> MUTE = new RpcMethod<>("mute", Codec.utf8(), Codec.utf8(), true);
    private static final CallOptions PATIENT = CallOptions.within(Duration.ofMinutes(2));

    private final NodeId self = NodeId.of("self");
    private final RpcNode node =
            RpcNode.builder().cluster("test").self("self").listen("127.0.0.1:0").start();
    private final EventLoop loop = (EventLoop) node.world().scheduler();
    private final CountDownLatch held = new CountDownLatch(1);

    HeldUpCallTest() {
        node.serveInline(ECHO, (caller, text) -> text);
        node.serveInline(MUTE, (caller, text, answer) -> {});
    }

    @AfterEach
    void close() {
        held.countDown();
        node.close();
    }

    @Test
    void toWaitOnTheLoopForACallIsRefused() throws Exception {
        for (boolean hedged : new boolean[] {false, true}) {
            AtomicReference<CompletableFuture<String>> second = new AtomicReference<>();
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(
                    () -> {
                        CompletableFuture<String> call = hedged
                                ? node.callAny(List.of(self), ECHO, "x", PATIENT, Duration.ofMinutes(1))
                                : node.call(self, ECHO, "x", PATIENT);
                        second.set(call);
                        return call.thenApply(text -> text + "y").join();
                    },
                    loop::execute);

            ExecutionException refused =
                    assertThrows(ExecutionException.class, () -> waiting.get(60, TimeUnit.SECONDS));

            assertInstanceOf(IllegalStateException.class, refused.getCause());
            assertEquals("x", second.get().get(60, TimeUnit.SECONDS), "the loop continues");
        }
    }

    @Test
    void aCallersTimeoutEndsAtItsThread() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        loop.execute(() -> {
            begun.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        begun.await();
        CallOptions brief = CallOptions.within(Duration.ofMillis(50));

        CompletionException ended = assertThrows(
                CompletionException.class,
                () -> node.call(self, ECHO, "x", brief).join());

        DeadlineExceededException late = assertInstanceOf(DeadlineExceededException.class, ended.getCause());
        assertTrue(late.maybeExecuted());
        assertTrue(late.getMessage().contains("event loop of node self"), late.getMessage());
        held.countDown();
        assertEquals("x", node.call(self, ECHO, "x", PATIENT).get(60, TimeUnit.SECONDS));
    }

    @Test
    void aLoopThatCannotContinueEndsItsNodeAndAllItsCalls() throws Exception {
        CompletableFuture<Throwable> reported = new CompletableFuture<>();
        node.addFailureListener(failure -> {
            throw new IllegalStateException("on purpose");
        });
        node.addFailureListener(reported::complete);
        CompletableFuture<String> pending = node.call(self, MUTE, "x", PATIENT);
        assertEquals("x", node.call(self, ECHO, "x", PATIENT).get(60, TimeUnit.SECONDS));
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);

        loop.execute(() -> {
            try {
                loop.register(pipe.source(), SelectionKey.OP_READ, key -> {})
                        .selector()
                        .close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        ExecutionException ended = assertThrows(ExecutionException.class, () -> pending.get(60, TimeUnit.SECONDS));
        NodeClosedException closed = assertInstanceOf(NodeClosedException.class, ended.getCause());
        assertTrue(closed.getMessage().contains("its event loop could not continue: java.nio"), closed.getMessage());
        assertTrue(reported.isDone());
        ExecutionException refused = assertThrows(
                ExecutionException.class,
                () -> node.call(self, ECHO, "x", PATIENT).get(60, TimeUnit.SECONDS));
        assertTrue(refused.getCause().getMessage().contains("could not continue"), refused.getMessage());
    }
}
