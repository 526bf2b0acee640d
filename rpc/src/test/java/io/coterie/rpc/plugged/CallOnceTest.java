package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.A;
import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.C;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.IMPATIENT;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A call of a method that is not idempotent is executed at most once, whatever the network and the
 * server do.
 */
class CallOnceTest {
    private final Stage stage = new Stage();
    private final InMemoryNetwork network = stage.network;
    private final List<String> handled = new ArrayList<>();
    private final RpcNode a = stage.node("a");

    @Test
    void aRetriedCallRunsOnceAndGetsTheFirstAnswer() {
        RpcNode b = serving();
        loseReplies(1);

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(150);

        assertEquals("x 1", call.join());
        assertEquals(List.of("x"), handled);
        assertEquals(1, b.metrics().repeated());
    }

    @Test
    void aSecondCopyWaitsForTheAnswerOfTheFirst() {
        List<Responder<String>> responders = servingLater();

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(250);
        assertEquals(3, network.letters(6).size() - 1, "attempts under the session");
        responders.get(0).reply("the only answer");
        stage.world.run();

        assertEquals("the only answer", call.join());
        assertEquals(1, responders.size());
    }

    @Test
    void aCopyThatWasOvertakenDoesNotTakeTheAnswerAway() {
        List<Responder<String>> responders = servingLater();
        warmUp(responders);
        network.delivers = letter -> letter.get(0) != 6;
        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT.retrying(RETRY.withMaxAttempts(2)));
        stage.pass(150);
        List<InMemoryNetwork.Letter> copies = network.letters(6).subList(2, 4);
        network.delivers = letter -> true;

        network.deliver(copies.get(1));
        network.deliver(copies.get(0));
        responders.get(1).reply("first come");
        stage.world.run();

        assertEquals("first come", call.join());
    }

    @Test
    void aCopyIsExecutedWhereTheFirstWasDroppedForItsTime() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        serving(builder -> builder.executor(executor));
        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(105);
        stage.pass(20);
        assertEquals(1, executor.tasks.size());

        executor.runNext();
        assertEquals(List.of(), handled, "its own time is over");
        executor.runNext();
        stage.world.run();

        assertEquals("x 1", call.join());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void aFailureOfTheHandlerIsRepeatedAndItIsNotRunAgain() {
        RpcNode b = stage.node("b");
        b.serve(ONCE, (caller, text) -> {
            handled.add(text);
            throw new IllegalStateException("run " + handled.size());
        });
        loseFailures(1);

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(150);

        assertEquals("run 1", failureOf(RemoteException.class, call).remoteMessage());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void anAnswerThatItsCodecCannotWriteIsNoReasonToRunAgain() {
        RpcMethod<String, String> broken = new RpcMethod<>("broken", Codec.utf8(), new ThrowingCodec(), false);
        RpcNode b = stage.node("b");
        b.serve(broken, (caller, text) -> {
            handled.add(text);
            return text;
        });
        loseFailures(1);

        CompletableFuture<String> call = a.call(B, broken, "x", IMPATIENT);
        stage.pass(150);

        assertEquals(
                "java.lang.StackOverflowError",
                failureOf(RemoteException.class, call).type());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void anAnswerOfNullIsAFailureWhereTheCodecHasNone() {
        RpcNode b = stage.node("b");
        b.serve(ONCE, (caller, text) -> {
            handled.add(text);
            return nothing();
        });
        loseFailures(1);

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(150);

        assertEquals(
                "java.lang.NullPointerException",
                failureOf(RemoteException.class, call).type());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void aCopyOfACallThatWasRefusedIsNotExecutedLater() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        serving(builder -> builder.executor(executor));
        executor.rejects = true;
        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND);
        stage.world.run();
        assertFalse(failureOf(OverloadedException.class, call).maybeExecuted());

        executor.rejects = false;
        network.letters(6).forEach(network::deliver);
        stage.world.run();

        assertEquals(0, executor.tasks.size());
    }

    @Test
    void aRefusalEndsTheDoubtThatEarlierAttemptsLeft() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        serving(builder -> builder.executor(executor));
        executor.rejects = true;
        ignore(a.call(B, ONCE, "gets the session", ONE_SECOND));
        stage.world.run();
        network.delivers = letter -> stage.millis() > 100;

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT.retrying(RETRY.withMaxAttempts(2)));
        stage.pass(200);

        assertFalse(failureOf(OverloadedException.class, call).maybeExecuted());
        assertEquals(0, failureOf(OverloadedException.class, call).getSuppressed().length);
    }

    @Test
    void aHandlerWhoseOwnCallMetOverloadIsNotRunAgain() {
        RpcNode c = stage.node("c");
        c.serve(ECHO, (caller, text) -> {
            throw OverloadedException.ofHandler("full", null);
        });
        RpcNode b = stage.node("b");
        b.serveInline(ONCE, (caller, text, answer) -> {
            handled.add(text);
            ignore(b.call(C, ECHO, text, ONE_SECOND).whenComplete((got, failure) -> answer.fail(failure)));
        });

        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(1000);

        RemoteException failure = failureOf(RemoteException.class, call);
        assertTrue(failure.maybeExecuted());
        assertEquals(OverloadedException.class.getName(), failure.type());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void aHandlerThatPassesOnThatANodeTurnedItsCallAwayIsNotRunAgain() {
        RpcNode b = stage.node("b", builder -> builder.maxInFlightPerPeer(1));
        stage.node("c").serveInline(ECHO, (caller, text, answer) -> {});
        ignore(b.call(C, ECHO, "holds the only place", ONE_SECOND));
        b.serve(ONCE, (caller, text) -> {
            handled.add(text);
            CompletableFuture<String> refused = b.call(C, ECHO, text, ONE_SECOND);
            throw failureOf(OverloadedException.class, refused);
        });

        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(900);

        failureOf(RemoteException.class, call);
        assertEquals(List.of("x"), handled);
    }

    @Test
    void aServerThatWasStartedAgainRefusesWhatItsPredecessorMayHaveRun() {
        RpcNode b = serving();
        loseReplies(1);
        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.world.run();
        assertEquals(List.of("x"), handled);

        b.close();
        serving();
        stage.pass(500);

        OutcomeForgottenException failure = failureOf(OutcomeForgottenException.class, call);
        assertTrue(failure.maybeExecuted());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void theFirstCallAfterARestartIsExecutedWhereTheTransportReportsIt() {
        RpcNode b = serving();
        ignore(a.call(B, ONCE, "x", ONE_SECOND));
        stage.world.run();

        b.close();
        network.disconnect("a", "b");
        serving();
        CompletableFuture<String> call = a.call(B, ONCE, "y", ONE_SECOND);
        stage.world.run();

        assertEquals("y 2", call.join());
    }

    @Test
    void whatWasCertainlyNotSentIsExecutedByTheNextStart() {
        RpcNode b = serving();
        ignore(a.call(B, ONCE, "x", ONE_SECOND));
        stage.world.run();

        b.close();
        CompletableFuture<String> call = a.call(B, ONCE, "y", ONE_SECOND.retrying(RETRY));
        stage.pass(5);
        network.disconnect("a", "b");
        serving();
        stage.pass(20);

        assertEquals("y 2", call.join());
    }

    @Test
    void anAnswerThatFellOutForWantOfRoomMeansARefusal() {
        serving(builder -> builder.replyCacheBytes(300));
        loseReplies(1);
        CompletableFuture<String> early = a.call(B, ONCE, "early", IMPATIENT);
        stage.world.run();

        for (int i = 0; i < 3; i++) {
            ignore(a.call(B, ONCE, "other", ONE_SECOND));
            stage.world.run();
        }
        stage.pass(150);

        assertTrue(failureOf(OutcomeForgottenException.class, early).maybeExecuted());
        assertEquals(List.of("early", "other", "other", "other"), handled);
    }

    @Test
    void aCallThatWaitsToBeSentIsNotTakenForOneWhoseAnswerFellOut() {
        serving(builder -> builder.replyCacheBytes(150));
        ignore(a.call(B, ONCE, "gets the session", ONE_SECOND));
        stage.world.run();
        network.stuck.add(A);
        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND.retrying(RETRY));
        stage.world.run();
        network.stuck.remove(A);

        for (int i = 0; i < 3; i++) {
            ignore(a.call(B, ONCE, "other", ONE_SECOND));
            stage.world.run();
        }
        stage.pass(100);

        assertEquals("x 5", call.join());
    }

    @Test
    void theOldestAnswersFallOutFirst() {
        RpcNode b = serving(builder -> builder.replyCacheBytes(300));
        loseReplies(3);
        CompletableFuture<String> first = a.call(B, ONCE, "first", IMPATIENT);
        CompletableFuture<String> second = a.call(B, ONCE, "second", IMPATIENT);
        CompletableFuture<String> third = a.call(B, ONCE, "third", IMPATIENT);
        stage.world.run();
        assertEquals(2, b.metrics().cachedReplies());

        stage.pass(150);

        failureOf(OutcomeForgottenException.class, first);
        assertEquals("second 2", second.join());
        assertEquals("third 3", third.join());
    }

    @Test
    void anAnswerThatIsTooLargeToBeKeptMeansARefusal() {
        serving(builder -> builder.replyCacheBytes(100));
        loseReplies(1);

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(150);

        failureOf(OutcomeForgottenException.class, call);
        assertEquals(List.of("x"), handled);
    }

    @Test
    void anAnswerThatBecameTooOldMeansARefusal() {
        RpcNode b = serving(builder -> builder.replyCacheTtl(Duration.ofMillis(50)));
        loseReplies(1);

        CompletableFuture<String> call = a.call(B, ONCE, "x", IMPATIENT);
        stage.pass(150);

        failureOf(OutcomeForgottenException.class, call);
        assertEquals(List.of("x"), handled);
        assertEquals(0, b.metrics().cachedReplies());
    }

    @Test
    void aCallerThatWasSilentForLongIsStillKnown() {
        serving();
        ignore(a.call(B, ONCE, "x", ONE_SECOND));
        stage.pass(Duration.ofDays(1).toMillis());

        CompletableFuture<String> call = a.call(B, ONCE, "y", ONE_SECOND);
        stage.world.run();

        assertEquals("y 2", call.join());
    }

    @Test
    void answersThatArrivedAreFreed() {
        RpcNode b = serving();
        for (int i = 0; i < 100_000; i++) {
            CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND);
            stage.world.run();
            assertTrue(call.isDone());
            network.sent.clear();
            network.letters.clear();
            handled.clear();
        }

        assertEquals(1, b.metrics().cachedReplies());
        assertTrue(b.metrics().replyCacheBytes() < 200);
    }

    @Test
    void aPeerThatWasForgottenAmongManyDoesNotTakeANewCallForAnOldOne() {
        serving();
        CompletableFuture<String> before = a.call(B, ONCE, "x", ONE_SECOND);
        stage.world.run();
        for (int i = 0; i < 3000; i++) {
            ignore(a.call(NodeId.of("peer-" + i), ONCE, "nobody there", ONE_SECOND));
        }

        CompletableFuture<String> after = a.call(B, ONCE, "y", ONE_SECOND);
        stage.world.run();

        assertEquals("x 1", before.join());
        assertEquals("y 2", after.join());
    }

    @Test
    void aHandlerThatNeverAnswersIsForgottenInTheEndAndNotRunAgain() {
        List<Responder<String>> responders = servingLater();
        warmUp(responders);
        network.delivers = letter -> letter.get(0) != 3;
        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND);
        stage.pass(1000);
        assertTrue(call.isDone());
        InMemoryNetwork.Letter copy = network.letters(6).get(network.letters(6).size() - 1);

        network.disconnect("b", "a");
        network.deliver(copy);
        stage.pass(Duration.ofMinutes(5).toMillis());
        network.disconnect("b", "a");
        network.deliver(copy);

        assertEquals(2, responders.size());
        assertEquals(1, network.letters(3).size() - 1, "refused once it is forgotten");
    }

    private RpcNode serving() {
        return serving(builder -> builder);
    }

    private RpcNode serving(UnaryOperator<RpcNodeBuilder> choices) {
        RpcNode b = stage.node("b", choices);
        b.serve(ONCE, (caller, text) -> {
            handled.add(text);
            return text + " " + handled.size();
        });
        return b;
    }

    private List<Responder<String>> servingLater() {
        List<Responder<String>> responders = new ArrayList<>();
        stage.node("b").serveInline(ONCE, (caller, text, answer) -> responders.add(answer));
        return responders;
    }

    /** Has the caller get its session. */
    private void warmUp(List<Responder<String>> responders) {
        CompletableFuture<String> call = a.call(B, ONCE, "warm-up", ONE_SECOND);
        stage.world.run();
        responders.get(0).reply("");
        stage.world.run();
        assertFalse(call.isCompletedExceptionally());
    }

    private void loseReplies(int count) {
        lose((byte) 2, count);
    }

    /** Loses failures, but not the first one, which gives the caller its session. */
    private void loseFailures(int count) {
        int[] seen = {0};
        network.delivers = letter -> letter.get(0) != 3 || ++seen[0] == 1 || seen[0] > 1 + count;
    }

    private void lose(byte kind, int count) {
        int[] lost = {0};
        network.delivers = letter -> letter.get(0) != kind || ++lost[0] > count;
    }

    @SuppressWarnings("NullAway") // What a handler must not do.
    private static String nothing() {
        return null;
    }

    private static final class ThrowingCodec implements Codec<String> {
        @Override
        public void encode(String value, ByteWriter out) {
            throw new StackOverflowError("too deep, on purpose");
        }

        @Override
        public String decode(ByteBuffer in) {
            return "";
        }
    }
}
