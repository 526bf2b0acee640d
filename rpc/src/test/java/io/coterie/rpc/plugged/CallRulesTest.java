package io.coterie.rpc.plugged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a call may and may not do, on virtual time, over a network that loses chosen messages. */
class CallRulesTest {
    private static final RpcMethod<String, String> ECHO = new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true);
    private static final RpcMethod<String, String> ONCE = new RpcMethod<>("once", Codec.utf8(), Codec.utf8(), false);
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final long MILLI = 1_000_000;
    private static final RetryPolicy RETRY = RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(10));
    private static final CallOptions ONE_SECOND = CallOptions.within(Duration.ofSeconds(1));

    private final InMemoryNetwork network = new InMemoryNetwork();
    private final ManualWorld world = new ManualWorld();
    private final long start = world.nanos();
    private final RpcNode a = node("a");
    private final List<String> handled = new ArrayList<>();
    private final Ends ends = new Ends();

    /** Writes down how calls end. */
    private static final class Ends implements ReplyHandler<String> {
        final List<String> replies = new ArrayList<>();
        final List<RpcException> failures = new ArrayList<>();

        @Override
        public void onReply(NodeId peer, String response) {
            replies.add(response);
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            failures.add(failure);
        }

        int count() {
            return replies.size() + failures.size();
        }
    }

    @Test
    void noCallEndsBeforeItWasMade() {
        serving("b");

        a.loop().send(B, ECHO, "answered within send()", MILLI, ends);
        a.loop().send(A, ECHO, "to itself", MILLI, ends);
        a.loop().send(NodeId.of("nobody"), ECHO, "refused", MILLI, ends);
        a.loop().send(B, ECHO, "x".repeat(9000), MILLI, ends);
        assertEquals(0, ends.count());

        world.run();
        assertEquals(4, ends.count());
        assertEquals(List.of("answered within send()"), ends.replies);
    }

    @Test
    void aCallEndsOnceHoweverOftenItsAnswerComes() {
        serving("b");
        a.loop().send(B, ECHO, "x", MILLI, ends);
        byte[] answer = network.sent.get(1);
        for (int i = 0; i < 3; i++) {
            network.deliver(B, A, ByteBuffer.wrap(answer));
        }
        world.advance(2 * MILLI);

        assertEquals(List.of("x"), ends.replies);
        assertEquals(List.of(), ends.failures);
    }

    @Test
    void anAnswerOfAnotherNodeIsNotTaken() {
        network.delivers = message -> message.get(0) == 1;
        serving("b");
        a.loop().send(B, ECHO, "x", MILLI, ends);
        network.delivers = message -> true;
        node("mallory");

        network.deliver(NodeId.of("mallory"), A, ByteBuffer.wrap(network.sent.get(1)));
        world.run();
        assertEquals(0, ends.count());
        network.deliver(B, A, ByteBuffer.wrap(network.sent.get(1)));
        assertEquals(List.of("x"), ends.replies);
    }

    @Test
    void anAnswerToAnEarlierStartMeetsNoCall() {
        serving("b");
        ManualWorld earlierWorld = new ManualWorld(2);
        RpcNode earlier = node("a", earlierWorld);
        earlier.loop().send(B, ECHO, "old", MILLI, ends);
        byte[] late = network.sent.get(1);
        network.delivers = message -> false;
        RpcNode later = node("a", world);
        later.loop().send(B, ECHO, "new", MILLI, ends);

        network.delivers = message -> true;
        network.deliver(B, A, ByteBuffer.wrap(late));
        world.run();

        assertEquals(0, ends.count());
    }

    @Test
    void deadlinesEndCallsInTheirOrderWithOneTimer() {
        network.delivers = message -> false;
        serving("b");
        for (int i = 1000; i > 0; i--) {
            a.loop().send(B, ECHO, "x", i * MILLI, ends);
        }
        assertEquals(1, world.timers());

        world.advance(500 * MILLI);

        assertEquals(500, ends.count());
        assertInstanceOf(DeadlineExceededException.class, ends.failures.get(0));
        assertTrue(ends.failures.get(499).getMessage().endsWith("no answer within 500 ms"));
        assertEquals(1, world.timers());
    }

    @Test
    void aLostConnectionEndsTheCallsToThatPeerOnly() {
        network.delivers = message -> false;
        serving("b");
        serving("c");
        a.loop().send(B, ECHO, "x", 10 * MILLI, ends);
        a.loop().send(NodeId.of("c"), ECHO, "y", 10 * MILLI, ends);

        network.disconnect("a", "b");

        assertEquals(1, ends.failures.size());
        assertInstanceOf(ConnectionLostException.class, ends.failures.get(0));
    }

    @Test
    void whatWasNotSentIsTriedAgainUntilThePeerIsThere() {
        CompletableFuture<String> call = a.call(B, ONCE, "x", ONE_SECOND.retrying(RETRY));
        world.advance(100 * MILLI);
        assertFalse(call.isDone());

        serving("b");
        world.advance(10 * MILLI);

        assertEquals("x", call.join());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void whatMayHaveBeenExecutedIsTriedAgain() {
        network.delivers = message -> false;
        serving("b");
        CompletableFuture<String> echo = a.call(B, ECHO, "harmless", ONE_SECOND.retrying(RETRY));
        CompletableFuture<String> once = a.call(B, ONCE, "harmful", ONE_SECOND.retrying(RETRY));

        network.disconnect("a", "b");
        network.delivers = message -> true;
        world.advance(10 * MILLI);

        assertEquals("harmless", echo.join());
        assertEquals("harmful", once.join());
        assertEquals(List.of("harmless", "harmful"), handled);
    }

    @Test
    void attemptsEndWithTheDeadline() {
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));

        world.advance(999 * MILLI);

        assertInstanceOf(PeerUnavailableException.class, failureOf(call));
        assertFalse(failureOf(call).maybeExecuted());
        assertEquals(0, world.timers());
    }

    @Test
    void attemptsEndWithTheirBound() {
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY.withMaxAttempts(3)));

        world.advance(20 * MILLI);

        assertInstanceOf(PeerUnavailableException.class, failureOf(call));
    }

    @Test
    void thatAnEarlierAttemptMayHaveBeenExecutedIsNotForgotten() {
        network.delivers = message -> false;
        RpcNode b = serving("b");
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));

        network.disconnect("a", "b");
        b.close();
        world.advance(2000 * MILLI);

        RpcException failure = failureOf(call);
        assertInstanceOf(ConnectionLostException.class, failure);
        assertTrue(failure.maybeExecuted());
        assertInstanceOf(PeerUnavailableException.class, failure.getSuppressed()[0]);
    }

    @Test
    void whatAHandlerThrewIsAnAnswerAndNotTriedAgain() {
        RpcNode b = node("b");
        b.serve(ECHO, (caller, text) -> {
            handled.add(text);
            throw new IllegalStateException("no");
        });

        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        world.advance(2000 * MILLI);

        assertEquals(
                "java.lang.IllegalStateException: no",
                assertInstanceOf(RemoteException.class, failureOf(call)).getMessage());
        assertEquals(List.of("x"), handled);
    }

    @Test
    void aCancelledCallIsNotTriedAgain() {
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        world.advance(15 * MILLI);

        call.cancel(true);
        serving("b");
        world.advance(2000 * MILLI);

        assertEquals(List.of(), handled);
        assertEquals(0, world.timers());
    }

    @Test
    void closeEndsCallsInFlightAndThoseThatWait() {
        network.delivers = message -> false;
        serving("b");
        CompletableFuture<String> sent = a.call(B, ONCE, "x", ONE_SECOND);
        CompletableFuture<String> waiting = a.call(NodeId.of("nobody"), ONCE, "x", ONE_SECOND.retrying(RETRY));
        world.run();

        a.close();
        world.run();

        assertTrue(assertInstanceOf(NodeClosedException.class, failureOf(sent)).maybeExecuted());
        assertFalse(
                assertInstanceOf(NodeClosedException.class, failureOf(waiting)).maybeExecuted());
    }

    @Test
    void onlyTheFirstAnswerOfAHandlerCounts() {
        RpcNode b = node("b");
        List<Responder<String>> responders = new ArrayList<>();
        b.serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        a.loop().send(B, ECHO, "x", 10 * MILLI, ends);

        responders.get(0).reply("first");
        responders.get(0).reply("second");
        responders.get(0).fail(new IllegalStateException("third"));

        assertEquals(List.of("first"), ends.replies);
        assertEquals(2, network.sent.size());
    }

    @Test
    void anAnswerThatNobodyWaitsForIsNotSent() {
        RpcNode b = node("b");
        List<Responder<String>> responders = new ArrayList<>();
        b.serveInline(ECHO, (caller, text, answer) -> responders.add(answer));
        a.loop().send(B, ECHO, "x", 10 * MILLI, ends);
        world.advance(10 * MILLI);

        responders.get(0).reply("late");

        assertEquals(1, network.sent.size());
    }

    @Test
    void messagesThatCannotBeReadAreDropped() {
        serving("b");
        List<NodeId> arrivals = new ArrayList<>();
        a.addPeerListener(new PeerListener() {
            @Override
            public void onArrival(NodeId peer) {
                arrivals.add(peer);
                throw new IllegalStateException("a listener's bug, on purpose");
            }
        });
        for (byte[] message : List.of(new byte[0], new byte[20], new byte[40], new byte[] {3})) {
            network.deliver(B, A, ByteBuffer.wrap(message));
        }

        a.loop().send(B, ECHO, "still here", MILLI, ends);
        world.run();

        assertEquals(List.of("still here"), ends.replies);
        assertEquals(5, arrivals.size());
    }

    @Test
    void aReplyHandlerThatThrowsHarmsNobodyElse() {
        serving("b");
        a.loop().send(B, ECHO, "x", MILLI, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, String response) {
                throw new IllegalStateException("a handler's bug, on purpose");
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {}
        });
        a.loop().send(B, ECHO, "y", MILLI, ends);
        world.run();

        assertEquals(List.of("y"), ends.replies);
    }

    @Test
    void aTimeoutMustBeAboveZero() {
        assertThrows(IllegalArgumentException.class, () -> a.loop().send(B, ECHO, "x", 0, ends));
    }

    private RpcNode serving(String name) {
        RpcNode node = node(name);
        node.serveInline(ECHO, (caller, text, answer) -> {
            handled.add(text);
            answer.reply(text);
        });
        node.serveInline(ONCE, (caller, text, answer) -> {
            handled.add(text);
            answer.reply(text);
        });
        return node;
    }

    @Test
    void anAttemptThatGetsNoAnswerInItsTimeIsMadeAgain() {
        RpcNode b = node("b");
        b.serve(ECHO, (caller, text) -> text);
        b.serve(ONCE, (caller, text) -> text);
        network.delivers = message -> world.nanos() - start >= 150 * MILLI;
        CallOptions impatient = ONE_SECOND.retrying(RETRY).withAttemptTimeout(Duration.ofMillis(100));

        CompletableFuture<String> echo = a.call(B, ECHO, "x", impatient);
        CompletableFuture<String> once = a.call(B, ONCE, "x", impatient);
        world.advance(999 * MILLI);

        assertEquals("x", echo.join());
        assertEquals("x", once.join());
    }

    @Test
    void theLastAttemptWaitsAsLongAsTheCall() {
        network.delivers = message -> false;
        node("b");

        CompletableFuture<String> call = a.call(
                B, ECHO, "x", ONE_SECOND.retrying(RETRY.withMaxAttempts(2)).withAttemptTimeout(Duration.ofMillis(100)));
        world.advance(999 * MILLI);

        assertEquals(2, network.sent.size());
        assertFalse(call.isDone());
    }

    @Test
    void aFailureOfACallHasATextAndNoStackTraceOfTheLoop() {
        CompletableFuture<String> call = a.call(NodeId.of("nobody"), ECHO, "x", ONE_SECOND);
        world.run();

        Throwable failure = assertThrows(CompletionException.class, call::join).getCause();

        assertInstanceOf(PeerUnavailableException.class, failure);
        assertEquals(0, failure.getStackTrace().length);
        assertTrue(failure.getMessage().contains("nobody"));
        failure.addSuppressed(new IllegalStateException("the caller's place"));
        assertEquals(1, failure.getSuppressed().length);
    }

    private RpcNode node(String name) {
        return node(name, world);
    }

    private RpcNode node(String name, ManualWorld inWorld) {
        return RpcNode.builder()
                .cluster("test")
                .self(name)
                .transport(network.transportOf(name))
                .world(inWorld.world())
                .start();
    }

    private static RpcException failureOf(CompletableFuture<?> call) {
        assertTrue(call.isDone());
        return assertInstanceOf(
                RpcException.class,
                assertThrows(CompletionException.class, call::join).getCause());
    }
}
