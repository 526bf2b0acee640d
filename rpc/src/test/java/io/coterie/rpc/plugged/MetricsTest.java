package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.A;
import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.RpcMetrics;
import io.coterie.rpc.RpcNode;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What a node reports of itself in numbers. Those of refusals, copies and cancellations are with
 * the tests of these.
 */
class MetricsTest {
    private final Stage stage = new Stage();
    private final RpcNode a = stage.node("a");

    @Test
    void aNodeThatDidNothingHasNothingToTell() {
        assertEquals(new RpcMetrics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), a.metrics());
    }

    @Test
    void callsAndRequestsAreCountedOnBothSides() {
        RpcNode b = stage.node("b");
        b.serve(ECHO, (caller, text) -> {
            if (text.equals("bad")) {
                throw new IllegalStateException("on purpose");
            }
            return text;
        });
        ignore(a.call(B, ECHO, "good", ONE_SECOND));
        ignore(a.call(B, ECHO, "bad", ONE_SECOND));
        stage.world.run();

        RpcMetrics caller = a.metrics();
        assertEquals(2, caller.calls());
        assertEquals(1, caller.answered());
        assertEquals(1, caller.failed());
        assertEquals(0, caller.callsInFlight());
        assertEquals(2, b.metrics().requests());
        assertEquals(1, b.metrics().handlerFailures());
    }

    @Test
    void anAnswerThatTheTransportDoesNotTakeIsCounted() {
        RpcNode b = stage.node("b");
        b.serve(ECHO, (caller, text) -> text);
        b.serveInline(ONCE, (caller, text) -> text);
        stage.network.stuck.add(B);

        ignore(a.call(B, ECHO, "x", ONE_SECOND));
        ignore(a.call(B, ONCE, "x", ONE_SECOND));
        stage.world.run();

        assertEquals(2, b.metrics().answersDropped());
        assertEquals(0, b.metrics().handlerFailures());
    }

    @Test
    void aKeptAnswerThatTheTransportDoesNotTakeIsCounted() {
        RpcNode b = stage.node("b");
        b.serve(ONCE, (caller, text) -> text);
        ignore(a.call(B, ONCE, "x", ONE_SECOND));
        stage.world.run();
        assertEquals(0, b.metrics().answersDropped());
        stage.network.stuck.add(B);

        stage.network.deliver(stage.network.letters(6).get(1));

        assertEquals(1, b.metrics().repeated());
        assertEquals(1, b.metrics().answersDropped());
    }

    @Test
    void aCallIsInFlightWhileItWaitsForItsNextAttempt() {
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(35);

        assertEquals(1, a.metrics().callsInFlight());
        assertEquals(4, a.metrics().retries());
        call.cancel(true);
        assertEquals(0, a.metrics().callsInFlight());
        assertEquals(1, a.metrics().cancelled());
    }

    @Test
    void whatRunsAndWaitsIsSeen() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor).maxRunningHandlers(2));
        b.serve(ECHO, (caller, text) -> text);
        for (int i = 0; i < 5; i++) {
            ignore(a.call(B, ECHO, "x", ONE_SECOND));
        }
        assertEquals(2, b.metrics().requestsRunning());
        assertEquals(3, b.metrics().requestsWaiting());

        executor.runNext();
        assertEquals(2, b.metrics().requestsRunning());
        assertEquals(2, b.metrics().requestsWaiting());
    }

    @Test
    void answersThatAreKeptAreSeenWithTheirSize() {
        RpcNode b = stage.node("b");
        b.serve(ONCE, (caller, text) -> text);
        ignore(a.call(B, ONCE, "four", ONE_SECOND));
        stage.world.run();

        assertEquals(1, b.metrics().cachedReplies());
        // Its message: kind, number and text; and what keeping it costs.
        assertEquals(1 + 8 + 4 + 128, b.metrics().replyCacheBytes());
    }

    @Test
    void peersAreConnectedAsTheTransportReports() {
        stage.network.connect("a", "b");
        stage.network.connect("a", "c");
        assertEquals(2, a.metrics().peersConnected());

        stage.network.disconnect("a", "b");
        assertEquals(1, a.metrics().peersConnected());
        stage.network.deliver(B, A, ByteBuffer.wrap(new byte[] {2}));
        assertEquals(1, a.metrics().peersConnected());
    }
}
