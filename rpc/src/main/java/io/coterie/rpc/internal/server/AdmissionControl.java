package io.coterie.rpc.internal.server;

import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.spi.World;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests run on the executor, which wait, and which are refused at once. Both
 * numbers are bounded, and a request that would probably wait for more than half of the time that
 * its caller has is refused. So the work that is done under overload is work that somebody
 * still waits for.
 *
 * <p>It refuses requests only while as many run as may. The end of each of these is noted here:
 * if a long estimate keeps every request out, the handlers that run correct it, and once none runs,
 * the next request is let in whatever the estimate is.
 */
public final class AdmissionControl {
    /**
     * A weight of one eighth for the newest sample, as in TCP's estimate of round trips (Jacobson,
     * 1988).
     */
    private static final int SMOOTHING = 8;

    private final World world;
    private final Executor executor;
    private final HandlerScope scope;
    private final int maxRunning;
    private final int maxWaiting;
    private final NodeCounters counters;
    private final WaitingRequests waiting;
    private int running;
    private long usualNanos;
    private boolean startingNext;
    private boolean closed;

    public AdmissionControl(
            World world, Executor executor, HandlerScope scope, int maxRunning, int maxWaiting, NodeCounters counters) {
        this.world = world;
        this.executor = executor;
        this.scope = scope;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.counters = counters;
        this.waiting = new WaitingRequests(maxWaiting, counters.requestsWaiting);
    }

    /** Takes a request for a handler that may block. */
    void enter(ServerCall<?, ?> call) {
        if (closed) {
            call.drop();
        } else if (running < maxRunning) {
            start(call);
        } else {
            enqueue(call);
        }
    }

    private void enqueue(ServerCall<?, ?> call) {
        long wait = expectedWait(call);
        if (wait > (call.deadline() - world.clock().nanos()) / 2) {
            refuse(call, "it would probably wait for more than half of its time", wait);
            return;
        }
        if (waiting.isFull()) {
            ServerCall<?, ?> pushedOut = waiting.makeRoomFor(call.peer());
            refuse(
                    pushedOut == null ? call : pushedOut,
                    running + " requests are being handled and " + maxWaiting + " wait already",
                    wait);
            if (pushedOut == null) {
                return;
            }
        }
        waiting.add(call);
    }

    /** How long a new request would wait. */
    private long expectedWait(ServerCall<?, ?> call) {
        // In floating point, which saturates if the product overflows.
        return (long) ((waiting.ahead(call.peer()) + 1.0) * usualNanos / maxRunning);
    }

    private void refuse(ServerCall<?, ?> call, String reason, long retryAfter) {
        counters.refused.add(1);
        FlightEvents.refused(call.caller(), reason);
        call.refuse(Failure.overloaded(reason, retryAfter));
    }

    /** The caller cancelled the call: if it waits, its place becomes free. */
    void cancelled(ServerCall<?, ?> call) {
        if (waiting.remove(call)) {
            expired(call);
        }
    }

    /**
     * The caller is gone. Its requests need not be executed, except those that it may ask for
     * again.
     */
    void disconnected(CallingPeer caller) {
        for (ServerCall<?, ?> call : caller.waitingNow()) {
            if (call.isCall() && call.session() == null) {
                cancelled(call);
            }
        }
    }

    /** Starts no further request. */
    void close() {
        closed = true;
        for (ServerCall<?, ?> next = waiting.next(); next != null; next = waiting.next()) {
            next.drop();
        }
    }

    private void start(ServerCall<?, ?> call) {
        HandlerRun run = HandlerRun.of(world, scope, call, this::onEnd);
        runs(1);
        call.running(run);
        try {
            executor.execute(run);
        } catch (Throwable e) {
            // Not only a rejection: an executor that finds no memory for a thread throws an Error.
            if (run.withdraw()) {
                runs(-1);
                refuse(call, "the executor rejected it", usualNanos);
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
            } else if (run.call().isExpired(world.clock().nanos())) {
                expired(run.call());
            } else {
                // A copy of the request came meanwhile, with a later deadline than the first.
                enter(run.call());
            }
        } finally {
            startNext();
        }
    }

    private void startNext() {
        if (startingNext) {
            // An executor ran a handler at once, in the loop below, which continues.
            return;
        }
        startingNext = true;
        try {
            for (ServerCall<?, ?> next = nextToRun(); next != null; next = nextToRun()) {
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

    private @Nullable ServerCall<?, ?> nextToRun() {
        return running < maxRunning ? waiting.next() : null;
    }

    private void expired(ServerCall<?, ?> call) {
        counters.expired.add(1);
        call.drop();
    }

    private void runs(int more) {
        running += more;
        counters.requestsRunning.set(running);
    }
}
