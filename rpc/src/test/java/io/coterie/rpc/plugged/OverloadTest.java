package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What happens to more work than can be done. */
class OverloadTest {
    private final Stage stage = new Stage();
    private final RpcNode a = stage.node("a");
    private final Stage.ManualExecutor executor = new Stage.ManualExecutor();
    private final List<String> handled = new ArrayList<>();

    @Test
    void soManyRunSoManyWaitAndTheOthersAreRefusedAtOnce() {
        RpcNode b = serving(2, 3);
        List<CompletableFuture<String>> calls = callsOf(a, 7);
        stage.world.run();

        assertEquals(2, executor.tasks.size());
        assertEquals(2, b.metrics().requestsRunning());
        assertEquals(3, b.metrics().requestsWaiting());
        for (CompletableFuture<String> call : calls.subList(5, 7)) {
            OverloadedException failure = failureOf(OverloadedException.class, call);
            assertFalse(failure.maybeExecuted());
            assertTrue(failure.getMessage().contains("2 requests are being handled and 3 wait already"));
        }
        assertEquals(2, b.metrics().refused());
        drain();
        assertTrue(calls.subList(0, 5).stream().noneMatch(CompletableFuture::isCompletedExceptionally));
        assertEquals(0, b.metrics().requestsRunning() + b.metrics().requestsWaiting());
    }

    @Test
    void aRefusalReportsWhenItsTurnWouldHaveCome() {
        serving(1, 1);
        takes(40);
        ignore(callsOf(a, 2));
        CompletableFuture<String> refused = callsOf(a, 1).get(0);
        stage.world.run();

        assertEquals(
                Duration.ofMillis(80),
                failureOf(OverloadedException.class, refused).retryAfter());
    }

    @Test
    void whatWouldWaitForMoreThanHalfOfItsTimeIsRefused() {
        serving(1, 100);
        takes(40);
        ignore(callsOf(a, 1));
        CompletableFuture<String> hasTime = a.call(B, ECHO, "x", CallOptions.within(Duration.ofMillis(80)));
        CompletableFuture<String> hasNone = a.call(B, ECHO, "x", CallOptions.within(Duration.ofMillis(159)));
        CompletableFuture<String> hasMore = a.call(B, ECHO, "x", CallOptions.within(Duration.ofMillis(160)));
        stage.world.run();

        assertFalse(hasTime.isDone());
        failureOf(OverloadedException.class, hasNone);
        assertFalse(hasMore.isDone());
    }

    @Test
    void aSlowTimeIsOverSoonAfterItsEnd() {
        RpcNode b = serving(1, 10);
        takes(900_000);
        ignore(callsOf(a, 1));
        assertTrue(refusedAtOnce(), "by its estimate it takes 15 minutes");
        executor.runNext();
        stage.world.run();

        // With none running the next one is let in, whatever the estimate.
        int rounds = 0;
        for (boolean refused = true; refused && rounds < 100; rounds++) {
            ignore(callsOf(a, 1));
            assertEquals(1, executor.tasks.size());
            refused = refusedAtOnce();
            stage.pass(1);
            drain();
        }
        assertTrue(rounds < 70, "let in again after " + rounds + " handlers that took no time");
        assertEquals(0, b.metrics().requestsWaiting());
    }

    @Test
    void callersWithLessAndLessTimeAreRefusedAndTheOthersServed() {
        serving(1, 100);
        takes(10);
        ignore(callsOf(a, 1));
        int refused = 0;
        List<CompletableFuture<String>> patient = new ArrayList<>();
        for (int millis = 19; millis > 0; millis--) {
            CompletableFuture<String> hasty = a.call(B, ECHO, "hasty", CallOptions.within(Duration.ofMillis(millis)));
            patient.add(a.call(B, ECHO, "patient", ONE_SECOND));
            stage.world.run();
            refused += hasty.isCompletedExceptionally() ? 1 : 0;
        }
        drain();

        assertEquals(19, refused);
        assertTrue(patient.stream().noneMatch(CompletableFuture::isCompletedExceptionally));
    }

    @Test
    void aCallerThatFloodsKeepsNobodyOut() {
        RpcNode b = serving(1, 10);
        RpcNode c = stage.node("c");
        List<CompletableFuture<String>> flood = callsOf(a, 100);
        stage.world.run();
        assertEquals(89, failed(flood));

        List<CompletableFuture<String>> few = callsOf(c, 5);
        ignore(callsOf(a, 100));
        assertEquals(10, b.metrics().requestsWaiting());
        // They take turns: after the one that runs, one of each.
        for (int i = 0; i < 10; i++) {
            executor.runNext();
        }
        stage.world.run();
        assertEquals(0, failed(few));
        assertEquals(
                List.of("a", "a", "c", "a", "c", "a", "c", "a", "c", "a", "c").subList(0, 10), handled);
    }

    @Test
    void twoThatFloodShareThePlaces() {
        RpcNode b = serving(1, 10);
        RpcNode c = stage.node("c");
        List<CompletableFuture<String>> ofA = new ArrayList<>();
        List<CompletableFuture<String>> ofC = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ofA.addAll(callsOf(a, 3));
            ofC.addAll(callsOf(c, 1));
        }
        stage.world.run();

        assertEquals(10, b.metrics().requestsWaiting());
        assertEquals(50 - 5, failed(ofC));
        assertEquals(150 - 6, failed(ofA));
    }

    @Test
    void anExecutorThatRejectsMeansARefusal() {
        RpcNode b = serving(2, 10);
        executor.rejects = true;
        CompletableFuture<String> call = callsOf(a, 1).get(0);
        stage.world.run();
        assertFalse(failureOf(OverloadedException.class, call).maybeExecuted());
        assertEquals(0, b.metrics().requestsRunning());

        executor.rejects = false;
        CompletableFuture<String> later = callsOf(a, 1).get(0);
        drain();
        assertEquals("a", later.join());
    }

    @Test
    void anExecutorThatThrowsAnythingElseLosesNoPlace() {
        RpcNode b = serving(1, 0, task -> {
            throw new OutOfMemoryError("no thread to be had, on purpose");
        });
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> call = callsOf(a, 1).get(0);
            stage.world.run();
            assertTrue(failureOf(OverloadedException.class, call).getMessage().contains("executor"));
        }
        assertEquals(0, b.metrics().requestsRunning());
    }

    @Test
    void anExecutorThatThrowsAfterItRanTheTaskIsForgivenAndOneThatRunsItTwice() {
        RpcNode b = serving(1, 0, task -> {
            task.run();
            task.run();
            throw new IllegalStateException("on purpose");
        });
        CompletableFuture<String> call = callsOf(a, 1).get(0);
        stage.world.run();

        assertEquals("a", call.join());
        assertEquals(List.of("a"), handled);
        assertEquals(0, b.metrics().requestsRunning());
        assertEquals(0, b.metrics().refused());
    }

    @Test
    void anExecutorThatRunsAtOnceNeedsNoDeepStack() {
        List<Runnable> first = new ArrayList<>();
        boolean[] atOnce = {false};
        serving(1, 1_000_000, task -> {
            if (atOnce[0]) {
                task.run();
            } else {
                first.add(task);
            }
        });
        RpcNode c = stage.node("c", builder -> builder.maxInFlightPerPeer(100_000));
        List<CompletableFuture<String>> ofC = callsOf(c, 50_000);
        atOnce[0] = true;

        first.get(0).run();
        stage.world.run();

        assertEquals(0, failed(ofC));
    }

    @Test
    void closeBeginsNothingMore() {
        RpcNode b = serving(1, 10);
        ignore(callsOf(a, 3));

        b.close();
        drain();

        assertEquals(List.of("a"), handled);
        assertEquals(0, b.metrics().requestsWaiting());
    }

    @Test
    void soManyCallsAreInFlightToOnePeer() {
        RpcNode narrow = stage.node("narrow", builder -> builder.maxInFlightPerPeer(2));
        serving(10, 10);
        stage.node("c").serve(ECHO, (caller, text) -> text);
        List<CompletableFuture<String>> calls = callsOf(narrow, 3);
        CompletableFuture<String> toOther = narrow.call(Stage.C, ECHO, "x", ONE_SECOND);
        stage.world.run();

        OverloadedException failure = failureOf(OverloadedException.class, calls.get(2));
        assertTrue(failure.getMessage().contains("maxInFlightPerPeer"));
        assertEquals("x", toOther.join());
        drain();
        assertEquals("narrow", calls.get(0).join());
        List<CompletableFuture<String>> next = callsOf(narrow, 3);
        stage.world.run();
        assertEquals(1, failed(next));
    }

    @Test
    void aPeerMayHaveOnlySoManyRequestsUnanswered() {
        List<Responder<String>> responders = new ArrayList<>();
        RpcNode b = stage.node("b", builder -> builder.maxInFlightPerPeer(2));
        b.serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        b.serveInline(ONCE, (caller, text, answer) -> responders.add(answer));
        List<CompletableFuture<String>> calls = callsOf(a, 2);
        CompletableFuture<String> third = a.call(B, ONCE, "x", ONE_SECOND);
        CompletableFuture<String> ofOther = stage.node("other").call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();

        failureOf(OverloadedException.class, third);
        assertEquals(1, b.metrics().refused());
        assertFalse(ofOther.isDone());
        responders.get(0).reply("");
        stage.world.run();
        assertTrue(calls.get(0).isDone());
        List<CompletableFuture<String>> next = callsOf(a, 2);
        stage.world.run();
        assertEquals(1, failed(next));
    }

    @Test
    void requestsWhoseTimeIsOverMakeRoom() {
        stage.node("b", builder -> builder.maxInFlightPerPeer(2)).serveInline(ECHO, (caller, text, answer) -> {
            if (text.equals("answer")) {
                answer.reply(text);
            }
        });
        ignore(callsOf(a, 2));
        stage.pass(Duration.ofHours(2).toMillis());

        CompletableFuture<String> call = a.call(B, ECHO, "answer", ONE_SECOND);
        stage.world.run();

        assertEquals("answer", call.join());
    }

    @Test
    void aRequestWhoseNumberIsTakenIsNotHandled() {
        List<Responder<String>> responders = new ArrayList<>();
        stage.node("b").serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();

        stage.network.deliver(stage.network.letters(1).get(0));
        stage.world.run();
        assertEquals(1, responders.size());
        responders.get(0).reply("first");
        stage.world.run();

        assertEquals("first", call.join());
    }

    @Test
    void onlySoManyCallsWaitForALoopThatDoesNotComeToThem() {
        RpcNode narrow = stage.node("narrow", builder -> builder.maxInFlightPerPeer(2));
        stage.node("b").serve(ECHO, (caller, text) -> text);
        stage.world.inLoop = false;
        List<CompletableFuture<String>> calls = callsOf(narrow, 8);
        assertEquals(0, failed(calls));

        OverloadedException failure =
                failureOf(OverloadedException.class, callsOf(narrow, 1).get(0));
        assertFalse(failure.maybeExecuted());
        assertTrue(failure.getMessage().contains("8 calls wait for the node's loop"));
        assertFalse(calls.get(7).isDone());

        stage.world.inLoop = true;
        stage.world.run();
        stage.world.inLoop = false;
        assertEquals(0, failed(callsOf(narrow, 8)));
    }

    @Test
    void aHandlerMayReportThatItIsOverloadedAndIsAskedAgain() {
        RpcNode b = stage.node("b");
        b.serve(ONCE, (caller, text) -> {
            handled.add(text);
            if (handled.size() == 1) {
                throw OverloadedException.ofHandler("not now", Duration.ofMillis(1));
            }
            return text;
        });

        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND.retrying(Stage.RETRY));
        stage.pass(20);

        assertEquals("x", call.join());
        assertEquals(2, handled.size());
    }

    private RpcNode serving(int running, int waiting) {
        return serving(running, waiting, executor);
    }

    private RpcNode serving(int running, int waiting, Executor on) {
        RpcNode b = stage.node(
                "b",
                builder -> builder.executor(on)
                        .maxRunningHandlers(running)
                        .maxWaitingRequests(waiting)
                        .maxInFlightPerPeer(100_000));
        b.serve(ECHO, (caller, text) -> {
            handled.add(caller.toString());
            return caller.toString();
        });
        return b;
    }

    /** Has the server know that a handler takes so long. */
    private void takes(long millis) {
        ignore(a.call(B, ECHO, "x", CallOptions.within(Duration.ofHours(1))));
        stage.pass(millis);
        drain();
    }

    private static List<CompletableFuture<String>> callsOf(RpcNode caller, int count) {
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(caller.call(B, ECHO, "x", CallOptions.within(Duration.ofSeconds(10))));
        }
        return calls;
    }

    private boolean refusedAtOnce() {
        CompletableFuture<String> call = callsOf(a, 1).get(0);
        stage.world.run();
        return call.isCompletedExceptionally();
    }

    private static long failed(List<CompletableFuture<String>> calls) {
        return calls.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
    }

    private void drain() {
        while (!executor.tasks.isEmpty()) {
            executor.runNext();
        }
        stage.world.run();
    }
}
