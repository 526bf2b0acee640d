package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.error.UnknownMethodException;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpCallTest {
    private static final CallOptions SHORT = CallOptions.within(Duration.ofMillis(50));

    Nodes nodes;
    RpcNode b;
    RpcNode a;

    Nodes nodes() {
        return new Nodes();
    }

    @BeforeEach
    void start() {
        nodes = nodes();
        b = nodes.listening("b");
        a = nodes.dialing("a", b);
        assertEquals("warm", Nodes.echo(a, b, "warm"));
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void whatIsFlushedArrivesWhileItsTurnContinues() throws Exception {
        RpcMethod<Long, Long> method = new RpcMethod<>("arrive", Codec.int64(), Codec.int64(), true);
        CountDownLatch arrived = new CountDownLatch(1);
        b.serveInline(method, (caller, number, answer) -> {
            arrived.countDown();
            answer.reply(number);
        });
        CompletableFuture<Boolean> inTime = new CompletableFuture<>();
        a.world().scheduler().execute(() -> {
            a.loop().send(b.self(), method, 1L, TimeUnit.MINUTES.toNanos(1), new ReplyHandler<>() {
                @Override
                public void onReply(NodeId peer, Long response) {}

                @Override
                public void onFailure(NodeId peer, RpcException failure) {}
            });
            a.loop().flush(b.self());
            try {
                inTime.complete(arrived.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                inTime.completeExceptionally(e);
            }
        });
        assertTrue(inTime.get(60, TimeUnit.SECONDS));
    }

    @Test
    void callsOverOneConnectionEndInAnyOrder() {
        RpcMethod<Long, Long> method = new RpcMethod<>("hold", Codec.int64(), Codec.int64(), true);
        List<Runnable> held = new ArrayList<>();
        CountDownLatch allHeld = new CountDownLatch(3);
        b.serveInline(method, (caller, number, answer) -> {
            held.add(() -> answer.reply(number * 10));
            allHeld.countDown();
        });
        BlockingQueue<Long> ended = new ArrayBlockingQueue<>(3);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (long i = 1; i <= 3; i++) {
            calls.add(a.call(b.self(), method, i, Nodes.PATIENT).thenAccept(ended::add));
        }
        assertTrue(within(allHeld));

        b.world().scheduler().execute(() -> {
            held.get(2).run();
            held.get(0).run();
            held.get(1).run();
        });

        calls.forEach(Nodes::get);
        assertEquals(List.of(30L, 10L, 20L), new ArrayList<>(ended));
    }

    @Test
    void manyThreadsGetEachTheirOwnAnswer() {
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            String name = "t" + thread;
            callers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 500; i++) {
                    assertEquals(name + i, Nodes.echo(a, b, name + i));
                }
            }));
        }
        callers.forEach(Nodes::get);
    }

    @Test
    void aLargePayloadArrivesWhole() {
        byte[] payload = new byte[1 << 20];
        new Random(7).nextBytes(payload);

        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(a.call(b.self(), Nodes.BYTES, payload, Nodes.PATIENT));
        }

        for (CompletableFuture<byte[]> call : calls) {
            assertArrayEquals(payload, Nodes.get(call));
        }
    }

    @Test
    void aCallWithoutAnswerEndsAtItsDeadline() {
        RpcMethod<String, String> method = new RpcMethod<>("silent", Codec.utf8(), Codec.utf8(), false);
        b.serveInline(method, (caller, text, answer) -> {});

        DeadlineExceededException failure =
                Nodes.failureOf(DeadlineExceededException.class, a.call(b.self(), method, "x", SHORT));

        assertTrue(failure.maybeExecuted());
    }

    @Test
    void aRequestWhoseDeadlinePassedBeforeItsTurnIsNotRun() {
        AtomicInteger runs = new AtomicInteger();
        List<Runnable> queue = new CopyOnWriteArrayList<>();
        AtomicLong came = new AtomicLong();
        RpcNode c = nodes.start(Nodes.builder("c").listen("127.0.0.1:0").executor(task -> {
            came.set(System.nanoTime());
            queue.add(task);
        }));
        c.serve(Nodes.ECHO, (caller, text) -> text + runs.incrementAndGet());
        RpcNode d = nodes.dialing("d", c);
        Await.until("connection", () -> d.isConnected(c.self()));

        Nodes.failureOf(DeadlineExceededException.class, d.call(c.self(), Nodes.ECHO, "x", SHORT));
        // The time that the request was on its way counts at the caller only.
        Await.until(
                "its deadline there",
                () -> queue.size() == 1
                        && System.nanoTime() - came.get() > SHORT.timeout().toNanos());
        queue.forEach(Runnable::run);

        assertEquals(1, queue.size());
        assertEquals(0, runs.get());
    }

    @Test
    void aHandlerThatThrowsFailsItsCallerAndNobodyElse() {
        RpcMethod<String, String> inline = new RpcMethod<>("inline", Codec.utf8(), Codec.utf8(), false);
        RpcMethod<String, String> blocking = new RpcMethod<>("blocking", Codec.utf8(), Codec.utf8(), false);
        b.serveInline(inline, (caller, text, answer) -> {
            throw new IllegalStateException("boom " + text);
        });
        b.serve(blocking, (caller, text) -> {
            throw new IOException("bang " + text);
        });

        RemoteException one = Nodes.failureOf(RemoteException.class, a.call(b.self(), inline, "1", Nodes.PATIENT));
        RemoteException two = Nodes.failureOf(RemoteException.class, a.call(b.self(), blocking, "2", Nodes.PATIENT));

        assertEquals("java.lang.IllegalStateException", one.type());
        assertEquals("java.io.IOException: bang 2", two.getMessage());
        assertEquals("still there", Nodes.echo(a, b, "still there"));
    }

    @Test
    void aMethodThatThePeerDoesNotServeIsUnknown() {
        RpcMethod<String, String> method = new RpcMethod<>("nobody", Codec.utf8(), Codec.utf8(), false);

        UnknownMethodException failure = Nodes.failureOf(
                UnknownMethodException.class,
                a.call(b.self(), method, "x", CallOptions.within(Duration.ofSeconds(10))));

        assertTrue(failure.getMessage().contains("nobody to b"), failure.getMessage());
        assertFalse(failure.maybeExecuted());
    }

    @Test
    void aRequestThatThePeerCannotReadWasNotExecuted() {
        RpcMethod<byte[], byte[]> asBytes = new RpcMethod<>("number", Codec.bytes(), Codec.bytes(), false);
        RpcMethod<Long, Long> asNumber = new RpcMethod<>("number", Codec.int64(), Codec.int64(), false);
        b.serveInline(asNumber, (caller, number, answer) -> answer.reply(number));

        MalformedMessageException failure =
                Nodes.failureOf(MalformedMessageException.class, a.call(b.self(), asBytes, new byte[3], Nodes.PATIENT));

        assertFalse(failure.maybeExecuted());
        assertEquals(5L, Nodes.get(a.call(b.self(), asNumber, 5L, Nodes.PATIENT)));
    }

    @Test
    void codecsThatDifferAreReportedByTheirNames() {
        RpcMethod<String, String> asText = new RpcMethod<>("mixed", Codec.utf8(), Codec.utf8(), false);
        RpcMethod<String, Long> asNumber = new RpcMethod<>("mixed", Codec.utf8(), Codec.int64(), false);
        AtomicBoolean executed = new AtomicBoolean();
        b.serveInline(asText, (caller, text) -> {
            executed.set(true);
            return text;
        });

        MalformedMessageException failure =
                Nodes.failureOf(MalformedMessageException.class, a.call(b.self(), asNumber, "three", Nodes.PATIENT));

        assertFalse(failure.maybeExecuted());
        assertTrue(failure.getMessage().contains("utf8 for requests and utf8 for answers"), failure::getMessage);
        assertFalse(executed.get());
    }

    @Test
    void anAnswerThatTheCallerCannotReadWasExecuted() {
        RpcMethod<String, String> asText = new RpcMethod<>("mixed", Codec.utf8(), Codec.utf8(), false);
        RpcMethod<String, Long> asNumber = new RpcMethod<>("mixed", Codec.utf8(), new Nameless(), false);
        b.serveInline(asText, (caller, text, answer) -> answer.reply(text));

        MalformedMessageException failure =
                Nodes.failureOf(MalformedMessageException.class, a.call(b.self(), asNumber, "three", Nodes.PATIENT));

        assertTrue(failure.maybeExecuted());
    }

    @Test
    void aCodecThatThrowsWhileWritingFailsTheCallAtEitherSide() {
        Codec<String> broken = new Codec<>() {
            @Override
            public void encode(String value, ByteWriter out) {
                throw new IllegalArgumentException("not " + value);
            }

            @Override
            public String decode(ByteBuffer in) {
                return "";
            }
        };
        RpcMethod<String, String> request = new RpcMethod<>("q", broken, Codec.utf8(), false);
        RpcMethod<String, String> response = new RpcMethod<>("r", Codec.utf8(), broken, false);
        b.serveInline(response, (caller, text, answer) -> answer.reply(text));

        assertFalse(Nodes.failureOf(MalformedMessageException.class, a.call(b.self(), request, "x", Nodes.PATIENT))
                .maybeExecuted());
        assertEquals(
                "java.lang.IllegalArgumentException: not y",
                Nodes.failureOf(RemoteException.class, a.call(b.self(), response, "y", Nodes.PATIENT))
                        .getMessage());
    }

    @Test
    void whatIsTooLargeIsReportedAndDoesNotBreakTheConnection() {
        RpcMethod<byte[], byte[]> grow = new RpcMethod<>("grow", Codec.bytes(), Codec.bytes(), false);
        b.serveInline(grow, (caller, bytes, answer) -> answer.reply(new byte[b.maxPayloadBytes() + 1]));

        MessageTooLargeException request = Nodes.failureOf(
                MessageTooLargeException.class,
                a.call(b.self(), Nodes.BYTES, new byte[a.maxPayloadBytes() + 1], Nodes.PATIENT));
        MessageTooLargeException response =
                Nodes.failureOf(MessageTooLargeException.class, a.call(b.self(), grow, new byte[1], Nodes.PATIENT));

        assertFalse(request.maybeExecuted());
        assertTrue(response.maybeExecuted());
        assertEquals(
                a.maxPayloadBytes(),
                Nodes.get(a.call(b.self(), Nodes.BYTES, new byte[a.maxPayloadBytes()], Nodes.PATIENT)).length);
    }

    @Test
    void aPeerThatTakesLessThanThisNodeReportsIt() {
        RpcNode small =
                nodes.echoing(Nodes.builder("small").listen("127.0.0.1:0").maxPayloadBytes(4096));
        RpcNode c = nodes.dialing("c", small);
        assertEquals("x", Nodes.echo(c, small, "x"));

        MessageTooLargeException failure = Nodes.failureOf(
                MessageTooLargeException.class, c.call(small.self(), Nodes.BYTES, new byte[5000], Nodes.PATIENT));

        assertTrue(failure.getMessage().contains("raise maxPayloadBytes there"), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerOverTheCallersLimitIsReported(boolean idempotent) {
        RpcMethod<String, byte[]> large = new RpcMethod<>("large", Codec.utf8(), Codec.bytes(), idempotent);
        b.serveInline(large, (caller, text) -> new byte[5000]);
        RpcNode small = nodes.start(
                Nodes.builder("small").peer(b.self(), b.boundAddress()).maxPayloadBytes(4096));
        assertEquals("x", Nodes.echo(small, b, "x"));

        MessageTooLargeException failure = Nodes.failureOf(
                MessageTooLargeException.class,
                small.call(b.self(), large, "x", CallOptions.within(Duration.ofMinutes(5))));

        assertTrue(failure.maybeExecuted());
        assertTrue(failure.getMessage().contains("raise maxPayloadBytes there"), failure.getMessage());
    }

    @Test
    void callsPastTheBoundAreRefusedAtOnce() {
        RpcMethod<String, String> silent = new RpcMethod<>("silent", Codec.utf8(), Codec.utf8(), false);
        b.serveInline(silent, (caller, text, answer) -> {});
        RpcNode c =
                nodes.start(Nodes.builder("c").peer(b.self(), b.boundAddress()).maxInFlightPerPeer(2));
        assertEquals("x", Nodes.echo(c, b, "x"));
        CompletableFuture<String> first = c.call(b.self(), silent, "1", Nodes.PATIENT);
        CompletableFuture<String> second = c.call(b.self(), silent, "2", Nodes.PATIENT);

        CallOptions once = CallOptions.within(Duration.ofSeconds(10));
        Nodes.failureOf(OverloadedException.class, c.call(b.self(), Nodes.ECHO, "3", once));
        second.cancel(true);

        assertEquals("4", Nodes.get(c.call(b.self(), Nodes.ECHO, "4", once)));
        assertFalse(first.isDone());
    }

    @Test
    void aServerShedsWhatItsExecutorDoesNotTake() {
        RpcNode c = nodes.start(Nodes.builder("c").listen("127.0.0.1:0").executor(task -> {
            throw new RejectedExecutionException();
        }));
        c.serve(Nodes.ECHO, (caller, text) -> text);
        RpcNode d = nodes.dialing("d", c);
        Await.until("connection", () -> d.isConnected(c.self()));

        Nodes.failureOf(
                OverloadedException.class,
                d.call(c.self(), Nodes.ECHO, "x", CallOptions.within(Duration.ofSeconds(10))));
    }

    @Test
    void blockingHandlersRunApartFromTheLoopAndSeeTheirCaller() {
        RpcMethod<String, String> method = new RpcMethod<>("who", Codec.utf8(), Codec.utf8(), false);
        b.serve(method, (caller, text) -> caller + " " + b.world().scheduler().inLoop());

        assertEquals("a false", Nodes.get(a.call(b.self(), method, "", Nodes.PATIENT)));
    }

    @Test
    void aNodeCallsItself() {
        assertEquals("me", Nodes.echo(b, b, "me"));
    }

    @Test
    void aNodeCallsThoseThatDialedIt() {
        a.serveInline(Nodes.ECHO, (caller, text, answer) -> answer.reply(text + " at a"));

        assertEquals("x at a", Nodes.get(b.call(a.self(), Nodes.ECHO, "x", Nodes.PATIENT)));
    }

    @Test
    void aTellArrivesWithoutAnAnswer() throws Exception {
        BlockingQueue<String> arrived = new ArrayBlockingQueue<>(1);
        RpcMethod<String, String> method = new RpcMethod<>("tell", Codec.utf8(), Codec.utf8(), false);
        b.serveInline(method, (caller, text, answer) -> {
            answer.reply("nobody hears this");
            arrived.add(caller + " " + text);
        });

        a.world().scheduler().execute(() -> a.loop().tell(b.self(), method, "hi"));

        assertEquals("a hi", arrived.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void whatIsMeantForTheLoopIsRefusedElsewhere() {
        ReplyHandler<String> handler = new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, String response) {}

            @Override
            public void onFailure(NodeId peer, RpcException failure) {}
        };
        assertThrows(IllegalStateException.class, () -> a.loop().send(b.self(), Nodes.ECHO, "x", 1, handler));
        assertThrows(IllegalStateException.class, () -> a.loop().tell(b.self(), Nodes.ECHO, "x"));
    }

    @Test
    void aMethodIsServedOnceOnly() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> b.serve(Nodes.ECHO, (caller, text) -> text));

        assertEquals("method echo is served already", failure.getMessage());
        assertEquals("x", Nodes.echo(a, b, "x"));
    }

    private static boolean within(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Numbers whose codec nobody can compare. */
    private static final class Nameless implements Codec<Long> {
        @Override
        public void encode(Long value, ByteWriter out) {
            Codec.int64().encode(value, out);
        }

        @Override
        public Long decode(ByteBuffer in) {
            return Codec.int64().decode(in);
        }
    }
}
