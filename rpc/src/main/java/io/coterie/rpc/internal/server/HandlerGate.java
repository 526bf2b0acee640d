package io.coterie.rpc.internal.server;

import io.coterie.rpc.World;
import io.coterie.rpc.internal.events.Counters;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.wire.Failure;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are handed to the executor, which wait, and which are turned away at once: so many run, so many wait,
 * and none is let in that would probably wait for more than half of the time that its caller has. Under overload the work done
 * is thus work that somebody still waits for.
 *
 * <p>It turns requests away only while as many run as may, and each of these has its end noted here: a long estimate that keeps
 * everyone out is corrected by the handlers that run, and with none running the next request is let in whatever the estimate.
 */
public final class HandlerGate {
    /** A weight of one eighth for the newest sample, as in TCP's estimate of round trips (Jacobson, 1988). */
    private static final int SMOOTHING = 8;

    private final World world;
    private final Executor executor;
    private final HandlerScope scope;
    private final int maxRunning;
    private final int maxWaiting;
    private final Counters counters;
    private final WaitingRequests waiting;
    private int running;
    private long usualNanos;
    private boolean startingNext;
    private boolean closed;

    public HandlerGate(
            World world, Executor executor, HandlerScope scope, int maxRunning, int maxWaiting, Counters counters) {
        this.world = world;
        this.executor = executor;
        this.scope = scope;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.counters = counters;
        this.waiting = new WaitingRequests(maxWaiting, counters.requestsWaiting);
    }

    /** Takes a request for a handler that may block. */
    void enter(Exchange<?, ?> exchange) {
        if (closed) {
            exchange.drop();
        } else if (running < maxRunning) {
            start(exchange);
        } else {
            enqueue(exchange);
        }
    }

    private void enqueue(Exchange<?, ?> exchange) {
        long wait = expectedWait(exchange);
        if (wait > (exchange.deadline() - world.clock().nanos()) / 2) {
            turnAway(exchange, "its turn would come too late for its deadline", wait);
            return;
        }
        if (waiting.isFull()) {
            Exchange<?, ?> pushedOut = waiting.makeRoomFor(exchange.peer());
            turnAway(
                    pushedOut == null ? exchange : pushedOut,
                    running + " requests are being handled and " + maxWaiting + " wait already",
                    wait);
            if (pushedOut == null) {
                return;
            }
        }
        waiting.add(exchange);
    }

    /** How long a request waits that comes now. */
    private long expectedWait(Exchange<?, ?> exchange) {
        // In floating point, which saturates where the product of the two does not fit.
        return (long) ((waiting.ahead(exchange.peer()) + 1.0) * usualNanos / maxRunning);
    }

    private void turnAway(Exchange<?, ?> exchange, String reason, long retryAfter) {
        counters.refused.add(1);
        FlightEvents.turnedAway(exchange.caller(), reason);
        exchange.refuse(Failure.overloaded(reason, retryAfter));
    }

    /** Its caller gave it up: if it waits, its place is free. */
    void cancelled(Exchange<?, ?> exchange) {
        if (waiting.remove(exchange)) {
            expired(exchange);
        }
    }

    /** The caller is gone: what it waits for need not be executed, unless it may come back and ask for that. */
    void disconnected(CallingPeer caller) {
        for (Exchange<?, ?> exchange : caller.waitingNow()) {
            if (exchange.isCall() && exchange.session() == null) {
                cancelled(exchange);
            }
        }
    }

    /** Begins with no other request. */
    void close() {
        closed = true;
        for (Exchange<?, ?> next = waiting.next(); next != null; next = waiting.next()) {
            next.drop();
        }
    }

    private void start(Exchange<?, ?> exchange) {
        HandlerRun run = HandlerRun.of(world, scope, exchange, this::onEnd);
        runs(1);
        exchange.running(run);
        try {
            executor.execute(run);
        } catch (Throwable e) {
            // Not only for want of room: an executor that finds no memory for a thread throws an Error.
            if (run.withdraw()) {
                runs(-1);
                turnAway(exchange, "its executor takes no more work", usualNanos);
            }
        }
    }

    private void onEnd(HandlerRun run) {
        runs(-1);
        try {
            if (run.wasExecuted()) {
                long took = world.clock().nanos() - run.startedAt();
                usualNanos = usualNanos == 0 ? took : usualNanos + (took - usualNanos) / SMOOTHING;
                run.answer();
            } else if (run.exchange().isExpired(world.clock().nanos())) {
                expired(run.exchange());
            } else {
                // A copy of the request came meanwhile, whose caller waits for longer than that of the first.
                enter(run.exchange());
            }
        } finally {
            startNext();
        }
    }

    private void startNext() {
        if (startingNext) {
            // A handler that an executor ran at once, below: the loop there goes on.
            return;
        }
        startingNext = true;
        try {
            for (Exchange<?, ?> next = nextToRun(); next != null; next = nextToRun()) {
                if (next.isExpired(world.clock().nanos())) {
                    expired(next);
                } else {
                    start(next);
                }
            }
        } finally {
            startingNext = false;
        }
    }

    private @Nullable Exchange<?, ?> nextToRun() {
        return running < maxRunning ? waiting.next() : null;
    }

    private void expired(Exchange<?, ?> exchange) {
        counters.expired.add(1);
        exchange.drop();
    }

    private void runs(int more) {
        running += more;
        counters.requestsRunning.set(running);
    }
}
