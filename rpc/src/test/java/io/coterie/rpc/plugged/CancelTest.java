package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMetrics;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A call that its caller gives up, at each moment of its life. */
class CancelTest {
    private final Stage stage = new Stage();
    private final InMemoryNetwork network = stage.network;
    private final RpcNode a = stage.node("a");
    private final List<String> handled = new ArrayList<>();
    private final Stage.ManualExecutor executor = new Stage.ManualExecutor();

    @Test
    void whatWaitsForItsTurnIsNotExecutedAndGivesItsPlaceFree() {
        RpcNode b = narrow();
        ignore(a.call(B, ECHO, "runs", ONE_SECOND));
        CompletableFuture<String> waits = a.call(B, ECHO, "waits", ONE_SECOND);
        assertEquals(1, b.metrics().requestsWaiting());

        waits.cancel(true);
        assertEquals(0, b.metrics().requestsWaiting());
        CompletableFuture<String> next = a.call(B, ECHO, "takes the place", ONE_SECOND);
        executor.runNext();
        executor.runNext();
        stage.world.run();

        assertEquals(List.of("runs", "takes the place"), handled);
        assertEquals("takes the place", next.join());
        assertEquals(1, b.metrics().expired());
    }

    @Test
    void whatTheExecutorHasNotBegunIsNotExecuted() {
        RpcNode b = narrow();
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);

        call.cancel(true);
        executor.runNext();

        assertEquals(List.of(), handled);
        assertEquals(1, b.metrics().expired());
        assertEquals(0, b.metrics().requestsRunning());
    }

    @Test
    void aCallThatMustNotRunTwiceIsNotExecutedEither() {
        narrow();
        CompletableFuture<String> runs = a.call(B, ONCE, "runs", ONE_SECOND);
        stage.world.run();
        CompletableFuture<String> waits = a.call(B, ONCE, "waits", ONE_SECOND);
        waits.cancel(true);
        executor.runNext();
        stage.world.run();

        assertEquals("runs", runs.join());
        assertEquals(List.of("runs"), handled);
        assertEquals(0, executor.tasks.size());
    }

    @Test
    void anAnswerToAGivenUpCallIsNotSent() {
        List<Responder<String>> responders = new ArrayList<>();
        stage.node("b").serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);

        call.cancel(true);
        responders.get(0).reply("too late");

        assertEquals(List.of(), network.letters(2));
    }

    @Test
    void aResponderKnowsWhetherItsCallerStillWaits() {
        List<Responder<String>> responders = new ArrayList<>();
        stage.node("b").serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        CompletableFuture<String> givenUp = a.call(B, ECHO, "given up", ONE_SECOND);
        ignore(a.call(B, ECHO, "answered", ONE_SECOND));
        ignore(a.call(B, ECHO, "late", ONE_SECOND));
        assertTrue(responders.stream().allMatch(Responder::isAwaited));

        givenUp.cancel(true);
        responders.get(1).reply("x");
        assertEquals(
                List.of(false, false, true),
                responders.stream().map(Responder::isAwaited).toList());

        stage.world.advance(1_000_000_000);
        assertFalse(responders.get(2).isAwaited(), "its deadline has come");
    }

    @Test
    void eachCallIsCountedWithOneEnd() {
        stage.node("b").serveInline(ECHO, (caller, text, answer) -> {
            if (text.equals("answered")) {
                answer.reply(text);
            }
        });
        NodeId nobody = NodeId.of("nobody");
        CallOptions retrying = ONE_SECOND.retrying(RETRY);
        ignore(a.call(B, ECHO, "answered", ONE_SECOND));
        ignore(a.call(nobody, ECHO, "fails", ONE_SECOND));
        ignore(a.call(nobody, ECHO, "fails late", retrying));
        a.call(B, ECHO, "cancelled in flight", ONE_SECOND).cancel(true);
        CompletableFuture<String> pausing = a.call(nobody, ECHO, "cancelled while it waits", retrying);
        stage.world.run();
        pausing.cancel(true);
        pausing.cancel(true);
        a.call(nobody, ECHO, "completed by its user while it waits", retrying).complete("");
        a.call(B, ECHO, "completed by its user in flight", ONE_SECOND).complete("");
        CompletableFuture<String> late = a.call(B, ECHO, "fails at its deadline", ONE_SECOND);
        stage.world.run();
        assertEquals(8, a.metrics().calls());
        assertEquals(4, a.metrics().callsInFlight());
        stage.pass(1000);

        late.cancel(true);
        stage.world.run();

        RpcMetrics metrics = a.metrics();
        assertEquals(8, metrics.calls());
        assertEquals(1, metrics.answered());
        assertEquals(3, metrics.cancelled());
        assertEquals(4, metrics.failed());
        assertEquals(0, metrics.callsInFlight());
    }

    @Test
    void whoCancelsInACallbackHarmsNobody() {
        stage.node("b").serve(ECHO, (caller, text) -> text);
        List<CompletableFuture<String>> others = new ArrayList<>();
        List<String> after = new ArrayList<>();
        network.delivers = message -> false;
        for (int i = 0; i < 10; i++) {
            others.add(a.call(B, ECHO, "x", ONE_SECOND));
            ignore(others.get(i).whenComplete((answer, failure) -> {
                others.forEach(other -> other.cancel(true));
                ignore(a.call(B, ECHO, "made in a callback", CallOptions.within(Duration.ofSeconds(5)))
                        .whenComplete((again, none) -> after.add("ended")));
            }));
        }

        network.disconnect("a", "b");
        assertTrue(others.stream().allMatch(CompletableFuture::isDone));
        network.disconnect("a", "b");

        assertEquals(10, after.size());
        assertEquals(0, a.metrics().callsInFlight());
    }

    @Test
    void aCallerThatIsGoneLeavesNoWorkBehindButWhatItMayAskForAgain() {
        RpcNode b = narrow();
        ignore(a.call(B, ONCE, "runs", ONE_SECOND));
        stage.world.run();
        ignore(a.call(B, ECHO, "waits", ONE_SECOND));
        CompletableFuture<String> once = a.call(B, ONCE, "may be asked for again", ONE_SECOND.retrying(RETRY));
        RpcNode c = stage.node("c");
        CompletableFuture<String> other = c.call(B, ECHO, "of another", ONE_SECOND);
        stage.world.run();
        assertEquals(3, b.metrics().requestsWaiting());

        network.disconnect("b", "a");
        network.disconnect("a", "b");
        assertEquals(2, b.metrics().requestsWaiting());
        stage.pass(15);
        executor.runNext();
        executor.runNext();
        executor.runNext();
        stage.world.run();

        assertEquals(List.of("runs", "may be asked for again", "of another"), sorted(handled));
        assertEquals("may be asked for again", once.join());
        assertEquals("of another", other.join());
    }

    @Test
    void aCancellationOfWhatIsNotKnownIsNothing() {
        stage.node("b").serve(ECHO, (caller, text) -> text);
        byte[] cancel = ByteBuffer.allocate(9).put((byte) 5).putLong(77).array();
        network.deliver(Stage.A, B, ByteBuffer.wrap(cancel));

        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();

        assertEquals("x", call.join());
    }

    @Test
    void nobodyCancelsTheCallsOfAnother() {
        RpcNode b = narrow();
        ignore(a.call(B, ECHO, "runs", ONE_SECOND));
        CompletableFuture<String> call = a.call(B, ECHO, "waits", ONE_SECOND);
        ByteBuffer request = ByteBuffer.wrap(network.letters(1).get(1).bytes());
        byte[] cancel =
                ByteBuffer.allocate(9).put((byte) 5).putLong(request.getLong(1)).array();

        network.deliver(NodeId.of("mallory"), B, ByteBuffer.wrap(cancel));
        // Nor by a request of the same number.
        network.deliver(NodeId.of("mallory"), B, request);
        network.deliver(NodeId.of("mallory"), B, ByteBuffer.wrap(cancel));
        assertEquals(1, b.metrics().requestsWaiting());
        executor.runNext();
        executor.runNext();
        stage.world.run();

        assertEquals("waits", call.join());
    }

    private static List<String> sorted(List<String> texts) {
        List<String> sorted = new ArrayList<>(texts);
        sorted.sort((one, other) -> one.equals("runs") ? -1 : other.equals("runs") ? 1 : one.compareTo(other));
        return sorted;
    }

    /** A server that hands one request at a time to the executor of the test. */
    private RpcNode narrow() {
        RpcNode b = stage.node(
                "b", builder -> builder.executor(executor).maxRunningHandlers(1).maxWaitingRequests(3));
        b.serve(ECHO, (caller, text) -> handled.add(text) ? text : "");
        b.serve(ONCE, (caller, text) -> handled.add(text) ? text : "");
        return b;
    }
}
