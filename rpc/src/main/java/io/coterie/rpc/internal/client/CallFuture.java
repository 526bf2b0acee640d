package io.coterie.rpc.internal.client;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.events.CallEvent;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call as a future: all its attempts, under one deadline. One object is the future, the call in
 * flight and the task of the loop, because most calls need no more; what only retries need is in
 * {@link RetryState}. Its state lives on the loop, except for that of the future.
 */
public final class CallFuture<Q, R> extends LoopFuture<R> implements PendingCall, Runnable {
    private final Caller caller;
    private final NodeId to;
    private final RpcMethod<Q, R> method;
    private final Q request;
    private final CallOptions options;
    private final long deadline;

    private @Nullable CalledPeer peer;
    private @Nullable RetryState retryState;
    private long correlation;

    /** A call that {@link #run} makes, on the loop. */
    public CallFuture(Caller caller, NodeId to, RpcMethod<Q, R> method, Q request, CallOptions options, long deadline) {
        this.caller = caller;
        this.to = to;
        this.method = method;
        this.request = request;
        this.options = options;
        this.deadline = deadline;
    }

    @Override
    protected World world() {
        return caller.world();
    }

    @Override
    protected long deadlineNanos() {
        return deadline;
    }

    @Override
    protected RuntimeException unanswered() {
        return caller.loopBlocked(method.name(), to);
    }

    /** Makes the next attempt. */
    @Override
    public void run() {
        if (isDone()) {
            if (peer != null) {
                settle(caller.counters().cancelled, "cancelled");
            }
            return;
        }
        if (peer == null) {
            begin(caller.peer(to));
        }
        long now = caller.nanos();
        if (deadline - now <= 0) {
            end(Failures.overBeforeSent(method.name(), to, options.timeout()));
            return;
        }
        attempt(now);
    }

    private void begin(CalledPeer called) {
        peer = called;
        called.calls++;
        called.retries.onCall();
        caller.counters().calls.add(1);
        if (FlightEvents.wantCalls()) {
            retryState().event = CallEvent.begun(to, method.name());
        }
    }

    private void attempt(long now) {
        CalledPeer called = peer();
        RetryState state = method.idempotent() ? retryState : numbered(called);
        long sequence = state == null ? 0 : state.sequence;
        long session = sequence == 0 ? Message.NO_SESSION : called.callIds.sessionAt(now);
        if (state != null && !state.mayGoUnder(session)) {
            end(Failures.outcomeForgotten(method.name(), to));
            return;
        }
        if (state != null && state.event != null) {
            state.event.attempts++;
        }
        correlation = caller.nextCorrelation();
        RpcException failure = caller.trySend(this, correlation, method, request, now, attemptEnd(now) - now, sequence);
        if (failure != null) {
            onNoAnswer(failure);
        } else if (state != null) {
            state.wentUnder(session);
        }
    }

    /**
     * Draws the number just before the call is sent: a number that waits may fall behind the
     * horizon of its session.
     */
    private RetryState numbered(CalledPeer called) {
        RetryState state = retryState();
        if (state.sequence == 0) {
            state.sequence = caller.open(called);
        }
        return state;
    }

    /**
     * The last attempt gets all the time that is left: to cut it short would only turn late answers
     * into failures.
     */
    private long attemptEnd(long now) {
        Duration limit = options.attemptTimeout();
        if (limit == null || isLastAttempt()) {
            return deadline;
        }
        long end = now + Nanos.of(limit);
        return end - deadline < 0 ? end : deadline;
    }

    @Override
    public CalledPeer peer() {
        CalledPeer called = peer;
        if (called == null) {
            throw new IllegalStateException("the call of " + method.name() + " to " + to + " has not begun");
        }
        return called;
    }

    @Override
    public String method() {
        return method.name();
    }

    @Override
    public long timeoutNanos() {
        Duration limit = options.attemptTimeout();
        return Nanos.of(limit == null || isLastAttempt() ? options.timeout() : limit);
    }

    @Override
    public void onAnswer(ByteBuffer payload) {
        R response;
        try {
            response = method.response().decode(payload);
        } catch (Throwable e) {
            end(Failures.unreadableAnswer(this, e));
            return;
        }
        settle(caller.counters().answered, "answered");
        complete(response);
    }

    @Override
    public void onNoAnswer(RpcException failure) {
        RetryState state = retryState();
        state.failures++;
        if (failure.maybeExecuted()) {
            state.maybeExecuted = failure;
        }
        if (state.sequence != 0 && state.wentNowhere()) {
            unnumber(state);
        }
        long wait = isDone() ? -1 : caller.retryScheduler().waitAfter(this, state.failures, failure, options, deadline);
        if (wait < 0) {
            end(failure);
            return;
        }
        state.pause = caller.retryScheduler().pause(this, wait);
    }

    /** The next attempt needs a new number, because the peer refuses each copy under this one. */
    @Override
    public void onRefused(RpcException failure) {
        RetryState state = retryState();
        if (state.sequence != 0) {
            state.maybeExecuted = null;
            unnumber(state);
        }
        onNoAnswer(failure);
    }

    private void unnumber(RetryState state) {
        peer().callIds.close(state.sequence);
        state.unnumber();
    }

    @Override
    public void onSession(long session) {
        RetryState state = retryState;
        if (state == null || state.sequence == 0) {
            end(Failures.unaskedSession(this));
            return;
        }
        peer().callIds.session(session);
        if (!state.mayGoUnder(session)) {
            end(Failures.outcomeForgotten(method.name(), to));
        } else if (++state.sessionsGiven > RetryState.MAX_SESSIONS) {
            end(Failures.sessionsForgotten(this));
        } else {
            run();
        }
    }

    /** Ends the call, which waits for its next attempt, because the node is closed. */
    void abandon() {
        end(caller.closed(method.name(), to, false));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            caller.onLoop(this::withdraw);
        }
        return cancelled;
    }

    private void withdraw() {
        CalledPeer called = peer;
        if (called != null
                && (caller.cancel(called, correlation)
                        || caller.retryScheduler().isPausing(this))) {
            settle(caller.counters().cancelled, "cancelled");
        }
    }

    /** An earlier attempt may have been executed even if the last one certainly was not. */
    private void end(RpcException last) {
        RpcException earlier = retryState == null ? null : retryState.maybeExecuted;
        RpcException failure = earlier == null || last.maybeExecuted() ? last : earlier;
        if (failure != last) {
            failure.addSuppressed(last);
        }
        settle(caller.counters().failed, failure);
        completeExceptionally(failure);
    }

    /**
     * Notes the end of a call, once for each call that has begun, and before the future completes.
     */
    private void settle(NodeCounters.Counter counter, Object outcome) {
        counter.add(1);
        CalledPeer called = peer();
        called.calls--;
        RetryState state = retryState;
        if (state != null) {
            caller.retryScheduler().unpause(this, state.pause);
            called.callIds.close(state.sequence);
            if (state.event != null) {
                state.event.ended(outcome);
            }
        }
    }

    private boolean isLastAttempt() {
        int failures = retryState == null ? 0 : retryState.failures;
        return failures + 1 >= options.retry().maxAttempts();
    }

    private RetryState retryState() {
        RetryState state = retryState;
        if (state == null) {
            state = new RetryState();
            retryState = state;
        }
        return state;
    }
}
