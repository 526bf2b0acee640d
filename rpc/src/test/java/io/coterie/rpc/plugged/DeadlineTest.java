package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.C;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.DeadlineExceededException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The time of a call goes with it, and with the calls that it leads to. */
class DeadlineTest {
    private static final CallOptions LONG = CallOptions.within(Duration.ofMinutes(1));

    private final Stage stage = new Stage();
    private final InMemoryNetwork network = stage.network;
    private final RpcNode a = stage.node("a");
    private final List<String> handled = new ArrayList<>();

    @Test
    void workThatIsDueNoMoreIsNotBegun() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor).maxRunningHandlers(1));
        b.serve(ECHO, (caller, text) -> handled.add(text) ? text : "");
        ignore(a.call(B, ECHO, "with the executor", ONE_SECOND));
        ignore(a.call(B, ECHO, "before the executor", ONE_SECOND));
        stage.pass(1000);

        executor.runNext();

        assertEquals(List.of(), handled);
        assertEquals(0, executor.tasks.size());
        assertEquals(2, b.metrics().expired());
        assertEquals(0, b.metrics().requestsRunning() + b.metrics().requestsWaiting());
    }

    @Test
    void aRequestWithNoTimeLeftIsDropped() {
        RpcNode b = stage.node("b");
        b.serveInline(ECHO, (caller, text) -> handled.add(text) ? text : "");
        ignore(a.call(B, ECHO, "x", CallOptions.within(Duration.ofNanos(999))));
        stage.pass(1);

        assertEquals(List.of(), handled);
        assertEquals(1, b.metrics().expired());
    }

    @Test
    void aCallOfABlockingHandlerHasWhatIsLeft() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor));
        b.serve(ECHO, (caller, text) -> {
            ignore(b.call(C, ECHO, text, LONG));
            return text;
        });
        ignore(a.call(B, ECHO, "x", ONE_SECOND));
        stage.pass(300);
        assertEquals(0, microsTo("c").size());

        stage.node("c");
        executor.runNext();
        stage.world.run();

        assertEquals(List.of(700_000L), microsTo("c"));
    }

    @Test
    void aCallOfAnInlineHandlerHasWhatIsLeft() {
        stage.node("c");
        RpcNode b = stage.node("b");
        b.serveInline(ECHO, (caller, text, answer) -> {
            ignore(b.call(C, ECHO, text, LONG));
            ignore(b.call(C, ECHO, text, CallOptions.within(Duration.ofMillis(5))));
        });
        RpcNode d = stage.node("d");
        d.serveInline(ECHO, (caller, text) -> {
            ignore(d.call(C, ECHO, text, LONG));
            return text;
        });

        ignore(a.call(B, ECHO, "x", ONE_SECOND));
        ignore(a.call(d.self(), ECHO, "x", CallOptions.within(Duration.ofMillis(20))));
        stage.world.run();

        assertEquals(List.of(1_000_000L, 5_000L, 20_000L), microsTo("c"));
    }

    @Test
    void whatIsLeftIsForgottenWhenTheHandlerHasReturned() {
        stage.node("c");
        RpcNode b = stage.node("b");
        b.serveInline(ECHO, (caller, text, answer) -> {
            throw new IllegalStateException("on purpose");
        });
        b.serve(Stage.ONCE, (caller, text) -> text);
        ignore(a.call(B, ECHO, "x", ONE_SECOND));
        ignore(a.call(B, Stage.ONCE, "x", ONE_SECOND));
        stage.world.run();

        ignore(b.call(C, ECHO, "x", LONG));
        stage.world.run();

        assertEquals(List.of(60_000_000L), microsTo("c"));
    }

    @Test
    void aCallMadeWithNothingLeftIsNotSent() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor));
        stage.node("c");
        List<CompletableFuture<String>> nested = new ArrayList<>();
        b.serve(ECHO, (caller, text) -> {
            stage.pass(1000);
            nested.add(b.call(C, ECHO, text, LONG));
            return text;
        });
        ignore(a.call(B, ECHO, "x", ONE_SECOND));
        stage.world.run();
        executor.runNext();
        stage.world.run();

        assertFalse(failureOf(DeadlineExceededException.class, nested.get(0)).maybeExecuted());
        assertEquals(List.of(), microsTo("c"));
        assertEquals(1, b.metrics().calls());
        assertEquals(1, b.metrics().failed());
    }

    @Test
    void handlersThatNeverAnswerLeaveLittleBehind() {
        RpcNode b = stage.node("b");
        List<WeakReference<Responder<String>>> unanswered = new ArrayList<>();
        b.serveInline(ECHO, (caller, text, answer) -> unanswered.add(new WeakReference<>(answer)));
        for (int i = 0; i < 2000; i++) {
            ignore(a.call(B, ECHO, "x", CallOptions.within(Duration.ofMillis(1))));
            stage.pass(1);
        }
        assertEquals(2000, unanswered.size());

        long held = Long.MAX_VALUE;
        for (int tries = 0; tries < 100 && held > 100; tries++) {
            System.gc();
            held = unanswered.stream().filter(answer -> answer.get() != null).count();
        }
        assertTrue(held <= 100, held + " requests are still held");
    }

    private List<Long> microsTo(String name) {
        return network.letters(1).stream()
                .filter(letter -> letter.to().toString().equals(name))
                .map(letter -> ByteBuffer.wrap(letter.bytes()).getLong(17))
                .toList();
    }
}
