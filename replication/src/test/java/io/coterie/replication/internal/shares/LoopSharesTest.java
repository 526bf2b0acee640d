package io.coterie.replication.internal.shares;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.replication.internal.wire.Sized;
import io.coterie.rpc.Responder;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order in which callers are served, if some ask for more than their share. */
class LoopSharesTest {
    private static final NodeId SELF = NodeId.of("r");
    private static final NodeId GREEDY = NodeId.of("greedy");
    private static final NodeId GREEDY_TOO = NodeId.of("greedy-too");
    private static final NodeId MODEST = NodeId.of("modest");

    private static final Codec<Integer> NUMBERS = Fields.codec((number, out) -> out.putInt(number), in -> in.getInt());

    private static final Responder<Object> NOBODY = new Responder<>() {
        @Override
        public void reply(Object response) {
            // It is the time that counts.
        }

        @Override
        public void fail(Throwable error) {
            throw new AssertionError(error);
        }
    };

    private final Simulation simulation = Simulation.create(1);
    private final AtomicReference<LoopShares> shares = new AtomicReference<>();

    /** The callers that were served, in that order. */
    private final List<NodeId> served = new ArrayList<>();

    LoopSharesTest() {
        simulation
                .node("r", start -> shares.set(new LoopShares(SELF, start.world())))
                .start();
    }

    /** A request that comes to a whole share, or to little. */
    private @Nullable Throwable ask(NodeId caller, int requestBytes) {
        AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
        Responder<Object> answer = new Responder<>() {
            @Override
            public void reply(Object response) {
                served.add(caller);
            }

            @Override
            public void fail(Throwable error) {
                refusal.set(error);
            }
        };
        SharedHandler<Integer, Object> handler = new SharedHandler<>(
                shares.get(),
                (from, request, to) -> {
                    shares.get().charge(from, caller.equals(MODEST) ? 100 : LoopShares.SHARE_BYTES);
                    to.reply("page");
                },
                Integer::intValue);
        handler.handle(caller, requestBytes, answer);
        return refusal.get();
    }

    private void onLoop(Runnable task) {
        simulation.node("r").execute(task);
        simulation.runFor(Duration.ofNanos(1));
    }

    @Test
    void aSmallRequestIsServedAtOnceWhateverOthersAskFor() {
        simulation.node("r").execute(() -> {
            for (int i = 0; i < 500; i++) {
                ask(GREEDY, 10);
            }
            assertEquals(1, served.size());
            for (int i = 0; i < 50; i++) {
                ask(MODEST, 10);
            }
            assertEquals(51, served.size());
        });
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals(550, served.size(), "what waits is served in the end");
    }

    @Test
    void whatANodeIsOwedTakesNoRoomOfItsRequests() {
        List<Integer> answered = new ArrayList<>();
        simulation.node("r").execute(() -> {
            ask(GREEDY, 10);
            for (int i = 0; i < LoopShares.MAX_WAITING; i++) {
                int number = i;
                shares.get().later(GREEDY, () -> answered.add(number));
            }
            for (int i = 0; i < LoopShares.MAX_WAITING; i++) {
                assertNull(ask(GREEDY, 10));
            }
            assertNotNull(ask(GREEDY, 10));
        });
        simulation.runFor(Duration.ofSeconds(10));

        assertEquals(LoopShares.MAX_WAITING, answered.size());
        assertEquals(1 + LoopShares.MAX_WAITING, served.size());
        onLoop(() -> assertNull(ask(GREEDY, 10), "all room is there again"));
    }

    @Test
    void aTurnOfTheLoopServesOneSliceOfWhatWaits() {
        List<Integer> servedAtTurns = new ArrayList<>();
        simulation.node("r").execute(() -> {
            for (int i = 0; i < 20; i++) {
                ask(GREEDY, 10);
            }
            lookAtEachTurn(servedAtTurns);
        });
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals(List.of(1, 2, 3, 4, 5), servedAtTurns.subList(0, 5));
    }

    private void lookAtEachTurn(List<Integer> servedAtTurns) {
        servedAtTurns.add(served.size());
        if (served.size() < 20) {
            simulation.node("r").execute(() -> lookAtEachTurn(servedAtTurns));
        }
    }

    @Test
    void thoseWhoWaitTakeTurns() {
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                ask(GREEDY, 10);
            }
            for (int i = 0; i < 100; i++) {
                ask(GREEDY_TOO, 10);
            }
        });

        assertEquals(200, served.size());
        long early = Collections.frequency(served.subList(0, 100), GREEDY_TOO);
        assertTrue(early >= 49 && early <= 51, () -> "of the first hundred are of who came later: " + early);
    }

    @Test
    void waitingRequestsOfANodeAreBoundedAndTheNextRefused() {
        onLoop(() -> {
            for (int i = 0; i < 1 + LoopShares.MAX_WAITING; i++) {
                assertNull(ask(GREEDY, 10));
            }
            OverloadedException refusal = assertInstanceOf(OverloadedException.class, ask(GREEDY, 10));
            assertTrue(refusal.isOfHandler());
            assertNotNull(refusal.retryAfter());
            assertTrue(
                    refusal.getMessage().contains("node greedy uses more than its share: 1024 of its requests"),
                    refusal::getMessage);
            assertNull(ask(MODEST, 10));
        });
        onLoop(() -> assertNull(ask(GREEDY, 10), "there is room again"));
    }

    @Test
    void whatWaitsOfOneNodeIsBoundedInBytes() {
        onLoop(() -> {
            ask(GREEDY, 10);
            assertNull(ask(GREEDY, 20 << 20), "one may have any size that a message may have");
            assertInstanceOf(OverloadedException.class, ask(GREEDY, 10));
        });
        onLoop(() -> {
            served.clear();
            ask(GREEDY, 10);
            ask(GREEDY, 10);
            assertNull(ask(GREEDY, 7 << 20));
            assertInstanceOf(OverloadedException.class, ask(GREEDY, 1 << 20));
        });
    }

    @Test
    void waitingBytesOfAllNodesAreBounded() {
        onLoop(() -> {
            for (int node = 0; node < 64; node++) {
                NodeId greedy = NodeId.of("greedy" + node);
                ask(greedy, 10);
                assertNull(ask(greedy, 1 << 20));
            }
            NodeId another = NodeId.of("another");
            ask(another, 10);
            assertNull(ask(another, 10));
            assertInstanceOf(OverloadedException.class, ask(another, 10));
        });
    }

    @Test
    void nothingIsKeptForANodeThatHasDisconnected() {
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                ask(GREEDY, 1 << 10);
                ask(GREEDY_TOO, 10);
            }
            shares.get().onDisconnected(GREEDY, "gone");
            assertNull(ask(GREEDY, 8 << 20));
        });

        assertEquals(2, Collections.frequency(served, GREEDY));
        assertEquals(100, Collections.frequency(served, GREEDY_TOO));
    }

    @Test
    void whatTheNodeAsksItsOwnReplicaNeverWaits() {
        onLoop(() -> {
            for (int i = 0; i < 2_000; i++) {
                assertNull(ask(SELF, 10));
            }
            assertEquals(2_000, served.size());
        });
    }

    @Test
    void aMessageOfManyRequestsIsServedInSlicesAndAnsweredWhole() {
        List<Integer> handled = new ArrayList<>();
        List<BatchedAnswers<Integer>> answered = new ArrayList<>();
        BatchHandler<Integer, Integer> handler = new BatchHandler<>(
                (from, request, to) -> {
                    handled.add(request);
                    shares.get().charge(from, 100 << 10);
                    to.reply(request);
                },
                shares.get(),
                false);
        onLoop(() -> {
            handler.handle(GREEDY, requests(100), new Responder<>() {
                @Override
                public void reply(BatchedAnswers<Integer> response) {
                    answered.add(response);
                }

                @Override
                public void fail(Throwable error) {
                    throw new AssertionError(error);
                }
            });
            assertEquals(List.of(0, 1, 2), handled);
            ask(GREEDY, 10);
            assertNull(ask(MODEST, 10));
            assertEquals(List.of(MODEST), served);
        });

        assertEquals(IntStream.range(0, 100).boxed().toList(), handled);
        assertEquals(1, answered.size());
        assertEquals(List.of(MODEST, GREEDY), served, "what came behind it comes behind it");
    }

    private static BatchedRequests<Integer> requests(int count) {
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < count; i++) {
            Sized.put(NUMBERS, i, out);
        }
        return BatchedRequests.codec(NUMBERS).decode(out.view());
    }

    @Test
    void slicesTakeAQuarterOfTheTimeIfOthersAreServed() {
        long rest = 3 * SlowLoop.TASK_NANOS;
        SlowLoop loop = new SlowLoop();
        LoopShares slow = new LoopShares(SELF, new World(loop, loop, () -> 7));
        for (int i = 0; i < 100; i++) {
            loop.ask(slow, GREEDY);
        }
        assertEquals(List.of(0L, 0L, 0L), loop.pauses(3), "it is alone");

        assertTrue(slow.begins(MODEST));
        assertEquals(List.of(0L, rest, rest), loop.pauses(3));

        loop.nanos += Duration.ofSeconds(1).toNanos();
        assertEquals(List.of(rest, 0L), loop.pauses(2), "the other has asked for nothing for a second");

        slow.charge(SELF, 1);
        assertEquals(List.of(0L, rest), loop.pauses(2), "this node itself has work");
    }

    @Test
    void toWriteTheAnswersOfASliceIsAPartOfItsTime() {
        SlowLoop loop = new SlowLoop();
        LoopShares slow = new LoopShares(SELF, new World(loop, loop, () -> 7));
        List<NodeId> written = new ArrayList<>();
        slow.flushBy(node -> {
            written.add(node);
            loop.nanos += 100_000;
        });
        for (int i = 0; i < 10; i++) {
            loop.ask(slow, GREEDY);
        }
        assertTrue(slow.begins(MODEST));
        long rest = 3 * (SlowLoop.TASK_NANOS + 100_000);
        assertEquals(List.of(0L, rest, rest), loop.pauses(3));
        assertEquals(List.of(GREEDY, GREEDY, GREEDY), written);
    }

    /** A loop on which requests take time, turned by hand. */
    private static final class SlowLoop implements Clock, Scheduler {
        private static final long TASK_NANOS = 500_000;

        private final Deque<Runnable> planned = new ArrayDeque<>();
        private final Deque<Long> delays = new ArrayDeque<>();
        private long nanos = 5_000_000_000L;

        void ask(LoopShares of, NodeId caller) {
            new SharedHandler<Integer, Object>(
                            of,
                            (from, request, to) -> {
                                of.charge(from, LoopShares.SHARE_BYTES);
                                nanos += TASK_NANOS;
                                to.reply("page");
                            },
                            Integer::intValue)
                    .handle(caller, 10, NOBODY);
        }

        /** How long it was waited for each of the next slices. */
        List<Long> pauses(int slices) {
            List<Long> pauses = new ArrayList<>();
            for (int i = 0; i < slices; i++) {
                pauses.add(delays.remove());
                planned.remove().run();
            }
            return pauses;
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            throw new AssertionError("nothing depends on the time of day");
        }

        @Override
        public boolean execute(Runnable task) {
            throw new AssertionError("slices are planned, so that all else comes first");
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            planned.add(task);
            delays.add(delayNanos);
            return () -> {};
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
