package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.IMPATIENT;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.UnknownMethodException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which failures are tried again, how soon, and how often. */
class RetryTest {
    private static final CallOptions THREE_TIMES = ONE_SECOND.retrying(RETRY.withMaxAttempts(3));

    private final Stage stage = new Stage();
    private final InMemoryNetwork network = stage.network;
    private final RpcNode a = stage.node("a");

    @Test
    void whatWasNotSentIsTriedAgain() {
        CompletableFuture<String> call = a.call(B, ECHO, "x", THREE_TIMES);
        stage.pass(100);

        failureOf(PeerUnavailableException.class, call);
        assertEquals(2, a.metrics().retries());
    }

    @Test
    void aLostConnectionIsTriedAgain() {
        stage.node("b");
        network.delivers = message -> false;
        CompletableFuture<String> call = a.call(B, ECHO, "x", THREE_TIMES);
        for (int i = 0; i < 3; i++) {
            network.disconnect("a", "b");
            stage.pass(20);
        }

        failureOf(ConnectionLostException.class, call);
        assertEquals(3, network.letters(1).size());
    }

    @Test
    void anAttemptThatRanOutOfItsTimeIsTriedAgain() {
        stage.node("b");
        network.delivers = message -> false;
        CompletableFuture<String> call = a.call(B, ECHO, "x", IMPATIENT.retrying(RETRY.withMaxAttempts(3)));
        stage.pass(1000);

        failureOf(DeadlineExceededException.class, call);
        assertEquals(3, network.letters(1).size());
    }

    @Test
    void whatAnOverloadedPeerRefusedIsTriedAgain() {
        handling(text -> {
            throw OverloadedException.ofHandler("full", null);
        });

        failureOf(OverloadedException.class, called(ECHO));
        assertEquals(3, network.letters(1).size());
    }

    @Test
    void aMethodThatIsNotServedYetIsTriedAgain() {
        stage.node("b");

        failureOf(UnknownMethodException.class, called(ECHO));
        assertEquals(3, network.letters(1).size());
    }

    @Test
    void tooManyCallsInFlightAreTriedAgain() {
        RpcNode narrow = stage.node("narrow", builder -> builder.maxInFlightPerPeer(1));
        stage.node("b").serveInline(ECHO, (caller, text, answer) -> {});
        ignore(narrow.call(B, ECHO, "holds the only place for 50 ms", CallOptions.within(Duration.ofMillis(50))));

        CompletableFuture<String> call = narrow.call(B, ECHO, "x", THREE_TIMES);
        stage.pass(100);

        failureOf(OverloadedException.class, call);
        assertEquals(3, narrow.metrics().overloadedHere());
        assertEquals(1, network.letters(1).size());
    }

    @Test
    void whatTheHandlerThrewIsNotTriedAgain() {
        handling(text -> {
            throw new IllegalStateException("no");
        });

        failureOf(RemoteException.class, called(ECHO));
        assertEquals(1, network.letters(1).size());
    }

    @Test
    void aRequestThatIsTooLargeIsNotTriedAgain() {
        handling(text -> text);
        CompletableFuture<String> call = a.call(B, ECHO, "x".repeat(9000), THREE_TIMES);
        stage.pass(100);

        assertFalse(failureOf(MessageTooLargeException.class, call).maybeExecuted());
        assertEquals(0, network.sent.size());
        assertEquals(0, a.metrics().retries());
    }

    @Test
    void anAnswerThatIsTooLargeIsNotTriedAgain() {
        handling(text -> "x".repeat(9000));

        assertTrue(failureOf(MessageTooLargeException.class, called(ECHO)).maybeExecuted());
        assertEquals(1, network.letters(1).size());
    }

    @Test
    void whatTheCodecsCannotReadOrWriteIsNotTriedAgain() {
        RpcMethod<String, String> unwritable = method(new Choosy(true, false), Codec.utf8());
        RpcMethod<String, String> unreadable = method(new Choosy(false, true), Codec.utf8());
        RpcMethod<String, String> unreadableAnswer = method(Codec.utf8(), new Choosy(false, true));
        RpcMethod<String, String> otherCodecs = method(Codec.utf8(), Codec.utf8());
        RpcNode b = stage.node("b");
        b.serve(unreadable, (caller, text) -> text);

        assertFalse(
                failureOf(MalformedMessageException.class, called(unwritable)).maybeExecuted());
        assertFalse(
                failureOf(MalformedMessageException.class, called(unreadable)).maybeExecuted());
        b.close();
        stage.node("b").serve(unreadableAnswer, (caller, text) -> text);
        assertTrue(failureOf(MalformedMessageException.class, called(unreadableAnswer))
                .maybeExecuted());
        stage.node("b")
                .serve(new RpcMethod<>("choosy", Codec.int64(), Codec.int64(), true), (caller, number) -> number);
        assertFalse(
                failureOf(MalformedMessageException.class, called(otherCodecs)).maybeExecuted());
        assertEquals(0, a.metrics().retries());
        assertEquals(4, a.metrics().failed());
    }

    @Test
    void waitsAreDrawnFromAllOfARangeThatDoubles() {
        RetryPolicy jittered = RetryPolicy.exponential(Duration.ofMillis(8), Duration.ofMillis(32))
                .withJitter()
                .withMaxAttempts(5);
        List<Long> times = new ArrayList<>();
        RpcNode b = stage.node("b");
        b.serveInline(ECHO, (caller, text) -> {
            times.add(stage.world.nanos());
            throw OverloadedException.ofHandler("full", null);
        });
        long[] longest = new long[4];
        long[] shortest = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE};
        RpcNode patient = stage.node("patient", builder -> builder.retryBudget(RetryBudget.unlimited()));
        for (int call = 0; call < 200; call++) {
            times.clear();
            ignore(patient.call(B, ECHO, "x", ONE_SECOND.retrying(jittered)));
            stage.pass(200);
            for (int i = 0; i < 4; i++) {
                long wait = times.get(i + 1) - times.get(i);
                longest[i] = Math.max(longest[i], wait);
                shortest[i] = Math.min(shortest[i], wait);
            }
        }
        long[] range = {8, 16, 32, 32};
        for (int i = 0; i < 4; i++) {
            long end = range[i] * Stage.MILLI;
            assertTrue(longest[i] <= end && longest[i] > end * 9 / 10, "wait " + i + " at most " + longest[i]);
            assertTrue(shortest[i] < end / 10, "wait " + i + " at least " + shortest[i]);
        }
    }

    @Test
    void aPeerThatFailsEverythingGetsATenthMore() {
        RpcNode frugal = stage.node("frugal", builder -> builder.retryBudget(new RetryBudget(0.1, 0)));
        handling(text -> {
            throw OverloadedException.ofHandler("full", null);
        });
        for (int i = 0; i < 10_000; i++) {
            ignore(frugal.call(B, ECHO, "x", THREE_TIMES));
            stage.pass(1);
        }
        stage.pass(1000);

        int requests = network.letters(1).size();
        assertTrue(requests >= 10_990 && requests <= 11_001, requests + " requests of 10000 calls");
        assertEquals(requests - 10_000, frugal.metrics().retries());
        assertEquals(10_000, frugal.metrics().failed());
        assertTrue(frugal.metrics().retriesDenied() >= 8_998);
    }

    @Test
    void timeBringsRetriesToo() {
        RpcNode rare = stage.node("rare", builder -> builder.retryBudget(new RetryBudget(0, 1)));
        handling(text -> {
            throw OverloadedException.ofHandler("full", null);
        });
        CallOptions tenTimes = ONE_SECOND.retrying(RETRY.withMaxAttempts(10));
        ignore(rare.call(B, ECHO, "uses 9 of the 10 tokens", tenTimes));
        stage.pass(1000);
        ignore(rare.call(B, ECHO, "uses the other and the one of the last second", tenTimes));
        stage.pass(500);
        assertEquals(11, rare.metrics().retries());

        stage.pass(1700);
        ignore(rare.call(B, ECHO, "uses two", tenTimes));
        stage.pass(500);

        assertEquals(13, rare.metrics().retries());
    }

    @Test
    void aPeerThatIsNotThereCostsNothingOfTheBudget() {
        RpcNode frugal = stage.node("frugal", builder -> builder.retryBudget(new RetryBudget(0, 0)));
        CompletableFuture<String> call = frugal.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(500);
        boolean[] full = {true};
        handling(text -> {
            if (full[0]) {
                full[0] = false;
                throw OverloadedException.ofHandler("full", null);
            }
            return text;
        });
        stage.pass(100);

        assertEquals("x", call.join());
    }

    @Test
    void thePeerReportsHowLongToLeaveItAlone() {
        List<Long> times = new ArrayList<>();
        handling(text -> {
            times.add(stage.millis());
            if (times.size() == 1) {
                throw OverloadedException.ofHandler("full", Duration.ofMillis(300));
            }
            return text;
        });

        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(1000);

        assertEquals("x", call.join());
        assertEquals(List.of(0L, 310L), times);
    }

    @Test
    void anAttemptThatCouldNotEndInTimeIsNotWaitedFor() {
        handling(text -> {
            throw OverloadedException.ofHandler("full", Duration.ofSeconds(5));
        });
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        stage.world.run();

        assertEquals(
                Duration.ofSeconds(5),
                failureOf(OverloadedException.class, call).retryAfter());
        assertEquals(0, a.metrics().callsInFlight());
    }

    @Test
    void allAttemptsShareTheDeadline() {
        stage.node("b");
        network.delivers = message -> false;
        CompletableFuture<String> call = a.call(B, ECHO, "x", IMPATIENT);
        stage.pass(999);
        assertFalse(call.isDone());
        stage.pass(1);

        failureOf(DeadlineExceededException.class, call);
        int attempts = network.letters(1).size();
        assertEquals(10, attempts);
        ByteBuffer last = ByteBuffer.wrap(network.letters(1).get(attempts - 1).bytes());
        assertEquals(10_000, last.getLong(17), "microseconds that the last attempt has");
    }

    @Test
    void timesThatNobodyLivesToSeeAreTimesAllTheSame() {
        Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
        stage.pass(10);
        handling(text -> text);
        CallOptions patient = CallOptions.within(ages)
                .retrying(RetryPolicy.exponential(ages, ages))
                .withAttemptTimeout(ages);

        CompletableFuture<String> answered = a.call(B, ECHO, "x", patient);
        CompletableFuture<String> waiting = a.call(NodeId.of("nobody"), ECHO, "x", patient);
        network.delivers = message -> false;
        CompletableFuture<String> lost = a.call(B, ECHO, "x", patient);
        CompletableFuture<String> soon = a.call(B, ECHO, "x", ONE_SECOND);
        stage.pass(1000);

        assertEquals("x", answered.join());
        failureOf(PeerUnavailableException.class, waiting);
        assertFalse(lost.isDone());
        failureOf(DeadlineExceededException.class, soon);
    }

    private CompletableFuture<String> called(RpcMethod<String, String> method) {
        CompletableFuture<String> call = a.call(B, method, "x", THREE_TIMES);
        stage.pass(100);
        return call;
    }

    private interface Handling {
        String handle(String text);
    }

    private void handling(Handling handling) {
        stage.node("b").serve(ECHO, (caller, text) -> handling.handle(text));
    }

    private static RpcMethod<String, String> method(Codec<String> request, Codec<String> response) {
        return new RpcMethod<>("choosy", request, response, true);
    }

    /** A codec with bugs. */
    private record Choosy(boolean cannotWrite, boolean cannotRead) implements Codec<String> {
        @Override
        public void encode(String value, ByteWriter out) {
            if (cannotWrite) {
                throw new StackOverflowError("on purpose");
            }
            Codec.utf8().encode(value, out);
        }

        @Override
        public String decode(ByteBuffer in) {
            if (cannotRead) {
                throw new AssertionError("on purpose");
            }
            return Codec.utf8().decode(in);
        }
    }
}
