package io.coterie.replication.internal.shares;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.Fields;
import io.coterie.replication.internal.wire.Sized;
import io.coterie.rpc.Responder;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * That what waits for its share of a replica's loop is served soon, whatever happens to the loop
 * and to those who ask.
 */
class LoopSharesProgressTest {
    private static final NodeId SELF = NodeId.of("r");
    private static final NodeId GREEDY = NodeId.of("greedy");
    private static final NodeId MODEST = NodeId.of("modest");
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    private static final Codec<Integer> NUMBERS = Fields.codec((number, out) -> out.putInt(number), in -> in.getInt());

    private final StarvedLoop loop = new StarvedLoop();
    private final LoopShares shares = new LoopShares(SELF, new World(loop, loop, () -> 7));

    /** A request whose handler charges some bytes, and takes some time of the clock. */
    private class Request implements Responder<Object> {
        final NodeId caller;
        final long cost;
        final long nanos;
        boolean isAwaited = true;
        int served;
        int refused;

        Request(NodeId caller, long cost, long nanos) {
            this.caller = caller;
            this.cost = cost;
            this.nanos = nanos;
        }

        Request ask() {
            new SharedHandler<Integer, Object>(shares, (from, request, to) -> serve(), bytes -> bytes)
                    .handle(caller, 10, this);
            return this;
        }

        void serve() {
            served++;
            loop.nanos += nanos;
            shares.charge(caller, cost);
        }

        @Override
        public void reply(Object response) {
            throw new AssertionError("serve counts");
        }

        @Override
        public void fail(Throwable error) {
            refused++;
        }

        @Override
        public boolean isAwaited() {
            return isAwaited;
        }
    }

    private Request whole(NodeId caller, long nanos) {
        return new Request(caller, LoopShares.SHARE_BYTES, nanos);
    }

    @Test
    void aSliceThatWasPreemptedIsNotFollowedByALongRest() {
        shares.begins(MODEST);
        whole(GREEDY, 0).ask();
        Request stopped = whole(GREEDY, HOUR_NANOS).ask();
        Request next = whole(GREEDY, 0).ask();

        // Others ask all the time: each slice is followed by a rest.
        loop.runOne();
        assertEquals(1, stopped.served);
        long ended = loop.nanos;
        loop.runOne();

        assertEquals(1, next.served);
        long rest = loop.nanos - ended;
        assertTrue(rest <= LoopShares.MAX_REST_NANOS, () -> "it rested for " + rest + " ns");
    }

    @Test
    void aSliceIsAQuarterOfAShareHoweverLongItTakes() {
        int requests = 28;
        int cost = (16 << 10) - LoopShares.MESSAGE_BYTES;
        List<Request> all = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            all.add(
                    new Request(GREEDY, cost, 0) {
                        @Override
                        void serve() {
                            super.serve();
                            if (served(all) > 16) {
                                loop.nanos += LoopShares.WINDOW_NANOS;
                                shares.begins(GREEDY);
                            }
                        }
                    }.ask());
        }
        List<Integer> servedAtTurns = new ArrayList<>();
        do {
            servedAtTurns.add(served(all));
        } while (loop.runOne());
        assertEquals(List.of(16, 20, 24, 28), servedAtTurns);
    }

    private static int served(List<Request> requests) {
        return requests.stream().mapToInt(request -> request.served).sum();
    }

    @Test
    void whatNobodyWaitsForTakesNoTurn() {
        whole(GREEDY, 0).ask();
        List<Request> late = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            late.add(whole(GREEDY, 0).ask());
        }
        late.forEach(request -> request.isAwaited = false);
        Request awaited = whole(GREEDY, 0).ask();

        loop.runOne();

        assertEquals(1, awaited.served, "the first slice comes to it");
        assertEquals(0, served(late));
    }

    @Test
    void waitingChangesAreMadeThoughNobodyAwaitsThem() {
        assertEquals(List.of(0, 1, 2, 3), handledOfFourInVain(true));
    }

    @Test
    void waitingReadsAreDroppedWhenNobodyAwaitsThem() {
        assertEquals(List.of(0), handledOfFourInVain(false));
    }

    /** Each comes to a whole share, so that only the first is served before the caller gives up. */
    private List<Integer> handledOfFourInVain(boolean inVain) {
        List<Integer> handled = new ArrayList<>();
        BatchHandler<Integer, Object> handler = new BatchHandler<>(
                (from, request, to) -> {
                    handled.add(request);
                    shares.charge(from, LoopShares.SHARE_BYTES);
                    to.reply("done");
                },
                shares,
                inVain);
        boolean[] isAwaited = {true};
        handler.handle(GREEDY, requests(4), new Responder<BatchedAnswers<Object>>() {
            @Override
            public void reply(BatchedAnswers<Object> response) {
                assertTrue(inVain, "nobody waits for it");
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(error);
            }

            @Override
            public boolean isAwaited() {
                return isAwaited[0];
            }
        });
        isAwaited[0] = false;
        while (loop.runOne()) {
            assertTrue(handled.size() <= 4);
        }
        return handled;
    }

    private static BatchedRequests<Integer> requests(int count) {
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < count; i++) {
            Sized.put(NUMBERS, i, out);
        }
        return BatchedRequests.codec(NUMBERS).decode(out.view());
    }

    /**
     * Requests of any size, tasks that throw, clocks that jump, callers that go away or give up, a
     * scan that waits for its keys, full queues, and no memory for timers: what was neither refused
     * nor given up is served, each once, and no rest is long.
     */
    @Test
    void allThatWaitsIsServedInTheEndWhateverComesBetween() {
        for (int seed = 0; seed < 500; seed++) {
            new LoopSharesProgressTest().disturb(new Random(seed), seed);
        }
    }

    private void disturb(Random random, int seed) {
        List<Request> all = new ArrayList<>();
        List<Request> held = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            NodeId caller = random.nextInt(8) == 0 ? SELF : NodeId.of("c" + random.nextInt(4));
            Request request = new Request(
                    caller, random.nextInt(2 * LoopShares.SHARE_BYTES), random.nextInt(20) == 0 ? HOUR_NANOS : 1_000);
            loop.noMemory = random.nextInt(20) == 0;
            var unused = throwsAsPlanned(() -> act(random, request, all, held));
            loop.noMemory = false;
        }
        for (Request last : held) {
            var unused = throwsAsPlanned(() -> shares.release(last.caller, last, last::serve));
        }
        for (int i = 0; i < 4; i++) {
            // Where there was no memory for the timer, the next request sets it.
            all.add(whole(NodeId.of("c" + i), 0).ask());
        }
        long restless = loop.nanos;
        boolean threw = true;
        while (loop.runOne()) {
            long rest = loop.due - restless;
            assertTrue(rest <= LoopShares.MAX_REST_NANOS || threw, "seed " + seed + ": it rested for " + rest + " ns");
            threw = loop.threw;
            restless = loop.nanos;
        }
        for (Request request : all) {
            int ends = request.served + request.refused;
            boolean isOver = request.isAwaited ? ends == 1 : ends <= 1;
            assertTrue(isOver, "seed " + seed + ": served " + request.served + ", refused " + request.refused);
        }
    }

    private void act(Random random, Request request, List<Request> all, List<Request> held) {
        switch (random.nextInt(12)) {
            case 0 -> {
                all.stream().filter(sent -> sent.caller.equals(request.caller)).forEach(sent -> sent.isAwaited = false);
                shares.onDisconnected(request.caller, "gone");
            }
            case 1 -> loop.nanos += random.nextInt(10) == 0 ? HOUR_NANOS : random.nextInt(10_000_000);
            case 2 ->
                shares.later(request.caller, () -> {
                    throw new IllegalStateException("a task that throws");
                });
            case 3 -> {
                all.add(request);
                if (shares.hold(request.caller, request)) {
                    held.add(request);
                }
            }
            case 4 -> {
                if (!held.isEmpty()) {
                    Request released = held.remove(random.nextInt(held.size()));
                    shares.release(released.caller, released, released::serve);
                }
            }
            case 5 ->
                all.stream().skip(random.nextInt(all.size() + 1)).limit(3).forEach(sent -> sent.isAwaited = false);
            case 6, 7 -> loop.runOne();
            default -> {
                all.add(request);
                request.ask();
            }
        }
    }

    /** Returns whether it threw. */
    private static boolean throwsAsPlanned(Runnable action) {
        try {
            action.run();
            return false;
        } catch (OutOfMemoryError | IllegalStateException planned) {
            return true;
        }
    }

    /** A loop with a manual clock, which at times has no memory for timers. */
    private static final class StarvedLoop implements Clock, Scheduler {
        private final PriorityQueue<Planned> planned = new PriorityQueue<>();
        long nanos = 5_000_000_000L;
        boolean noMemory;

        /** Whether what ran last threw. */
        boolean threw;

        /** When what ran last was due. */
        long due;

        private record Planned(long due, Runnable task) implements Comparable<Planned> {
            @Override
            public int compareTo(Planned other) {
                return Long.compare(due, other.due);
            }
        }

        /** Runs what is due next, when it is due. Returns whether there was anything. */
        boolean runOne() {
            @Nullable Planned next = planned.poll();
            if (next == null) {
                return false;
            }
            due = next.due();
            nanos = Math.max(nanos, due);
            threw = throwsAsPlanned(next.task());
            return true;
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
            if (noMemory) {
                throw new OutOfMemoryError("none for a timer");
            }
            Planned timer = new Planned(nanos + delayNanos, task);
            planned.add(timer);
            return () -> planned.remove(timer);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
