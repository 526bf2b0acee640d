package io.coterie.rpc.internal;

import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.World;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides which requests are handed to the executor, which wait, and which are turned away at once: so many run, so many wait,
 * and none is let in that would probably wait for more than half of the time that its caller has. Under overload the work done
 * is thus work that somebody still waits for.
 */
final class HandlerGate {
    /** A weight of one eighth for the newest sample, as in TCP's estimate of round trips (Jacobson, 1988). */
    private static final int SMOOTHING = 8;

    private final World world;
    private final Executor executor;
    private final HandlerScope scope;
    private final int maxRunning;
    private final int maxWaiting;
    private final Counters counters;
    private final Deque<Waiting<?, ?>> waiting = new ArrayDeque<>();
    private int running;
    private long usualNanos;

    private record Waiting<Q, R>(Exchange<Q, R> exchange, RpcHandler<Q, R> handler) {}

    HandlerGate(World world, Executor executor, HandlerScope scope, int maxRunning, int maxWaiting, Counters counters) {
        this.world = world;
        this.executor = executor;
        this.scope = scope;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.counters = counters;
    }

    <Q, R> void enter(Exchange<Q, R> exchange, RpcHandler<Q, R> handler) {
        if (running < maxRunning) {
            start(new Waiting<>(exchange, handler));
            return;
        }
        long wait = expectedWait();
        if (waiting.size() >= maxWaiting) {
            turnAway(exchange, running + " requests are being handled and " + maxWaiting + " wait already", wait);
        } else if (wait > (exchange.deadline() - world.clock().nanos()) / 2) {
            turnAway(exchange, "its turn would come too late for its deadline", wait);
        } else {
            waiting.addLast(new Waiting<>(exchange, handler));
        }
    }

    /** How long a request would wait that came now. */
    private long expectedWait() {
        return (waiting.size() + 1) * usualNanos / maxRunning;
    }

    private void turnAway(Exchange<?, ?> exchange, String reason, long retryAfter) {
        counters.refused.add(1);
        exchange.refuse(Failure.overloaded(reason, retryAfter));
    }

    private <Q, R> void start(Waiting<Q, R> next) {
        HandlerRun run = HandlerRun.of(world, scope, next.exchange(), next.handler(), this::onEnd);
        running++;
        next.exchange().running(run);
        try {
            executor.execute(run);
        } catch (RejectedExecutionException e) {
            running--;
            turnAway(next.exchange(), "its executor takes no more work", usualNanos);
        }
    }

    private void onEnd(HandlerRun run) {
        running--;
        if (run.wasExecuted()) {
            long took = world.clock().nanos() - run.startedAt();
            usualNanos = usualNanos == 0 ? took : usualNanos + (took - usualNanos) / SMOOTHING;
        } else {
            counters.expired.add(1);
        }
        while (running < maxRunning && !waiting.isEmpty()) {
            Waiting<?, ?> next = waiting.removeFirst();
            if (next.exchange().isExpired(world.clock().nanos())) {
                counters.expired.add(1);
                next.exchange().drop();
            } else {
                start(next);
            }
        }
    }
}
