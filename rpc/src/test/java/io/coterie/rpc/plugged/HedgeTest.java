package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.C;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One call to several peers. */
class HedgeTest {
    private static final NodeId D = NodeId.of("d");
    private static final Duration HEDGE = Duration.ofMillis(50);

    private final Stage stage = new Stage();
    private final InMemoryNetwork network = stage.network;
    private final RpcNode a = stage.node("a");
    private final List<String> asked = new ArrayList<>();
    private final List<Responder<String>> responders = new ArrayList<>();

    @Test
    void theFirstPeerAloneIsAskedWhereItAnswersSoon() {
        answering("b");
        answering("c");

        CompletableFuture<String> call = a.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(500);

        assertEquals("b", call.join());
        assertEquals(List.of("b"), asked);
        assertEquals(0, stage.world.timers() - 1, "the call's deadline apart");
    }

    @Test
    void theNextIsAskedWhenOneIsSlowAndTheFirstAnswerCounts() {
        silent("b");
        silent("c");
        silent("d");

        CompletableFuture<String> call = a.callAny(List.of(B, C, D), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(49);
        assertEquals(List.of("b"), asked);
        stage.pass(51);
        assertEquals(List.of("b", "c", "d"), asked);
        responders.get(1).reply("c");
        stage.world.run();
        responders.get(0).reply("b");
        stage.world.run();

        assertEquals("c", call.join());
    }

    @Test
    void theLosersAreCancelledBeforeTheirWorkIsBegun() {
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor));
        b.serve(ECHO, (caller, text) -> asked.add("b") ? text : "");
        answering("c");

        CompletableFuture<String> call = a.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(60);
        assertEquals("c", call.join());
        assertEquals(List.of(B), network.letters(5).stream().map(l -> l.to()).toList());
        executor.runNext();

        assertEquals(List.of("c"), asked);
        assertEquals(1, b.metrics().expired());
        assertEquals(1, a.metrics().cancelled());
        assertEquals(0, a.metrics().callsInFlight());
    }

    @Test
    void theNextIsAskedAtOnceWhenOneFails() {
        failing("b");
        answering("c");

        CompletableFuture<String> call = a.callAny(List.of(NodeId.of("nobody"), B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.world.run();

        assertEquals("c", call.join());
    }

    @Test
    void whenAllFailTheLastFailureNamesTheOthers() {
        failing("b");
        failing("c");

        CompletableFuture<String> call = a.callAny(List.of(B, NodeId.of("nobody"), C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.world.run();

        RemoteException failure = failureOf(RemoteException.class, call);
        assertEquals("c fails", failure.remoteMessage());
        assertEquals(2, failure.getSuppressed().length);
    }

    @Test
    void aTransportThatGivesTheSameFailureTwiceDoesNotHangTheCall() {
        PeerUnavailableException same = new PeerUnavailableException("the same object each time");
        RpcNode lonely = RpcNode.builder()
                .cluster("test")
                .self("lonely")
                .transport(new NoTransport() {
                    @Override
                    public RpcException refusal(NodeId to, int messageBytes) {
                        return same;
                    }
                })
                .world(a.world())
                .start();

        CompletableFuture<String> call = lonely.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.world.run();

        assertEquals(same, failureOf(PeerUnavailableException.class, call));
    }

    @Test
    void aTransportThatThrowsInsteadOfSayingWhyDoesNotHangTheCall() {
        RpcNode lonely = RpcNode.builder()
                .cluster("test")
                .self("lonely")
                .transport(new NoTransport() {
                    @Override
                    public RpcException refusal(NodeId to, int messageBytes) {
                        throw new AssertionError("on purpose");
                    }
                })
                .world(a.world())
                .start();

        CompletableFuture<String> call = lonely.call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();

        failureOf(PeerUnavailableException.class, call);
    }

    @Test
    void peersWhoseBudgetIsUsedUpArePassedOver() {
        RpcNode frugal = stage.node("frugal", builder -> builder.retryBudget(new RetryBudget(0, 0)));
        silent("b");
        answering("c");
        answering("d");
        assertEquals("c", hedged(frugal, List.of(B, C)).join());

        assertEquals("d", hedged(frugal, List.of(B, C, D)).join());
        CompletableFuture<String> alone = hedged(frugal, List.of(B, C, D));
        assertFalse(alone.isDone());
        stage.pass(1000);

        failureOf(DeadlineExceededException.class, alone);
        assertEquals(3, frugal.metrics().retriesDenied());
    }

    @Test
    void inPlaceOfAPeerThatIsNotThereTheNextCarriesTheLoadWithoutABudget() {
        RpcNode frugal = stage.node("frugal", builder -> builder.retryBudget(new RetryBudget(0, 0)));
        answering("c");
        for (int i = 0; i < 100; i++) {
            CompletableFuture<String> call = frugal.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
            stage.world.run();
            assertEquals("c", call.join());
        }
        assertEquals(0, frugal.metrics().retriesDenied());
    }

    @Test
    void allShareOneDeadline() {
        silent("b");
        silent("c");
        CompletableFuture<String> call = a.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(999);
        assertFalse(call.isDone());
        stage.pass(1);

        failureOf(DeadlineExceededException.class, call);
    }

    @Test
    void whoGivesItUpGivesAllUp() {
        silent("b");
        silent("c");
        CompletableFuture<String> call = a.callAny(List.of(B, C, D), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(60);

        call.cancel(true);
        stage.pass(500);

        assertEquals(List.of(B, C), network.letters(5).stream().map(l -> l.to()).toList());
        assertEquals(List.of("b", "c"), asked);
        assertEquals(0, a.metrics().callsInFlight());
    }

    @Test
    void closeEndsIt() {
        silent("b");
        silent("c");
        CompletableFuture<String> call = a.callAny(List.of(B, C), ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(10);

        a.close();

        failureOf(NodeClosedException.class, call);
        stage.pass(100);
        assertEquals(List.of("b"), asked);
    }

    @Test
    void whatMustNotBeExecutedTwiceIsNotAskedOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> a.callAny(List.of(B, C), ONCE, "x", ONE_SECOND, HEDGE));
        assertThrows(IllegalArgumentException.class, () -> a.callAny(List.of(B, B), ECHO, "x", ONE_SECOND, HEDGE));
        assertThrows(IllegalArgumentException.class, () -> a.callAny(List.of(), ECHO, "x", ONE_SECOND, HEDGE));
        assertTrue(network.sent.isEmpty());
    }

    private CompletableFuture<String> hedged(RpcNode from, List<NodeId> peers) {
        CompletableFuture<String> call = from.callAny(peers, ECHO, "x", ONE_SECOND, HEDGE);
        stage.pass(200);
        return call;
    }

    private void answering(String name) {
        stage.node(name).serve(ECHO, (caller, text) -> {
            asked.add(name);
            return name;
        });
    }

    private void silent(String name) {
        stage.node(name).serveInline(ECHO, (caller, text, answer) -> {
            asked.add(name);
            responders.add(answer);
        });
    }

    private void failing(String name) {
        stage.node(name).serve(ECHO, (caller, text) -> {
            throw new IllegalStateException(name + " fails");
        });
    }

    /** Takes no message. */
    private static class NoTransport implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return false;
        }

        @Override
        public int maxMessageBytes() {
            return 8192;
        }

        @Override
        public void close() {}
    }
}
