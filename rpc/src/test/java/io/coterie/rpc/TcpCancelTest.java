package io.coterie.rpc;

import static io.coterie.rpc.Nodes.ECHO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Giving a call up that a real thread is working on. */
class TcpCancelTest {
    private static final CallOptions LONG = CallOptions.within(Duration.ofMinutes(1));

    @Test
    void theHandlerIsInterruptedAndItsThreadContinuesAsIfNothingHadBeen() throws Exception {
        ExecutorService oneThread = Executors.newSingleThreadExecutor();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> ended = new CompletableFuture<>();
        AtomicBoolean leftInterrupted = new AtomicBoolean();
        try (Nodes nodes = new Nodes()) {
            RpcNode b = nodes.start(Nodes.builder("b")
                    .listen("127.0.0.1:0")
                    .executor(task -> oneThread.execute(() -> {
                        task.run();
                        if (Thread.currentThread().isInterrupted()) {
                            leftInterrupted.set(true);
                        }
                    })));
            b.serve(ECHO, (caller, text) -> {
                if (!text.equals("wait")) {
                    return text;
                }
                begun.countDown();
                try {
                    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                    ended.complete("not interrupted");
                } catch (InterruptedException e) {
                    // As one that sets the flag again, which must not reach the next request
                    // either.
                    Thread.currentThread().interrupt();
                    ended.complete("interrupted");
                }
                return text;
            });
            RpcNode a = nodes.dialing("a", b);
            assertEquals("up", Nodes.echo(a, b, "up"));

            CompletableFuture<String> call = a.call(b.self(), ECHO, "wait", LONG);
            assertTrue(begun.await(60, TimeUnit.SECONDS));
            call.cancel(true);

            assertEquals("interrupted", Nodes.get(ended));
            assertEquals("after", Nodes.echo(a, b, "after"));
            assertFalse(leftInterrupted.get());
            assertEquals(1, a.metrics().cancelled());
            Await.until("no handler runs", () -> b.metrics().requestsRunning() == 0);
        } finally {
            oneThread.shutdownNow();
        }
    }
}
