package io.coterie.rpc.internal;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.ConnectionLostException;
import io.coterie.rpc.DeadlineExceededException;
import io.coterie.rpc.MalformedMessageException;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.World;
import io.coterie.rpc.internal.PendingCall.InFlight;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calling side: sends requests, and ends each call once, by its answer, its deadline or the loss of its peer. */
final class Caller {
    private final NodeId self;
    private final World world;
    private final Outlet outlet;
    private final int maxInFlight;
    private final MethodIds methodIds = new MethodIds();

    private final LongMap<PendingCall<?>> pending = new LongMap<>();
    private final DueHeap<PendingCall<?>> deadlines = new DueHeap<>();
    private final Map<NodeId, InFlight> inFlight = new HashMap<>();
    private Scheduler.@Nullable Timer timer;
    private long timerDue;
    private long nextCorrelation;
    private boolean started;
    private boolean closed;

    Caller(NodeId self, World world, Outlet outlet, int maxInFlight) {
        this.self = self;
        this.world = world;
        this.outlet = outlet;
        this.maxInFlight = maxInFlight;
    }

    /** Makes a call. Returns it, or null where it failed at once, which its handler is told in a later turn. */
    <Q, R> @Nullable PendingCall<R> send(
            NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> handler) {
        InFlight load = inFlight.computeIfAbsent(peer, InFlight::new);
        long correlation = nextCorrelation();
        PendingCall<R> call = new PendingCall<>(correlation, load, timeoutNanos, method, handler);
        RpcException failure = trySend(call, method, request);
        if (failure != null) {
            Runnable fail = () -> call.fail(failure);
            if (!world.scheduler().execute(fail)) {
                // There is no later turn; a handler that is told too early is better off than one that is never told.
                fail.run();
            }
            return null;
        }
        load.calls++;
        pending.put(correlation, call);
        deadlines.add(call, world.clock().nanos() + timeoutNanos);
        armTimer();
        return call;
    }

    /** Sends a request that has no answer, or drops it. */
    <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        if (!closed && encode(Message.TELL, 0, 0, method, request) == null) {
            outlet.send(peer);
        }
    }

    /** Gives a call up without telling its handler. */
    void forget(PendingCall<?> call) {
        take(call);
    }

    void onReply(NodeId from, long correlation, ByteBuffer payload) {
        PendingCall<?> call = takeCallTo(from, correlation);
        if (call != null) {
            succeed(call, payload);
        }
    }

    void onFailure(NodeId from, long correlation, ByteBuffer payload) {
        // Read before the call is taken: what cannot be read is a malformed message, and ends no call.
        Failure failure = Failure.read(payload);
        PendingCall<?> call = takeCallTo(from, correlation);
        if (call != null) {
            call.fail(failure.toException(from, call.method()));
        }
    }

    void onDisconnected(NodeId peer, String reason) {
        for (PendingCall<?> call : pending.values()) {
            if (call.peer().equals(peer) && take(call)) {
                call.fail(new ConnectionLostException("call of " + call.method() + " to " + peer
                        + ": the connection was lost before an answer came: " + reason));
            }
        }
    }

    /** Ends all calls; those made from now on fail. */
    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        for (PendingCall<?> call : pending.values()) {
            if (take(call)) {
                call.fail(new NodeClosedException(
                        "call of " + call.method() + " to " + call.peer() + ": node " + self + " was closed", true));
            }
        }
    }

    private <Q> @Nullable RpcException trySend(PendingCall<?> call, RpcMethod<Q, ?> method, Q request) {
        if (closed) {
            return new NodeClosedException(
                    "call of " + method.name() + " to " + call.peer() + ": node " + self + " is closed", false);
        }
        if (call.load.calls >= maxInFlight) {
            return new OverloadedException("call of " + method.name() + " to " + call.peer() + ": " + maxInFlight
                    + " calls to it are under way already; call less, or raise maxInFlightPerPeer");
        }
        RpcException failure = encode(Message.REQUEST, call.correlation, call.timeoutNanos / 1000, method, request);
        if (failure != null) {
            return failure;
        }
        return outlet.send(call.peer()) ? null : outlet.refusal(call.peer());
    }

    private <Q> @Nullable RpcException encode(
            byte kind, long correlation, long remainingMicros, RpcMethod<Q, ?> method, Q request) {
        ByteWriter out = outlet.begin(kind, correlation, methodIds.of(method.name()), remainingMicros);
        try {
            method.request().encode(request, out);
            return null;
        } catch (BufferOverflowException e) {
            return new MessageTooLargeException(
                    "call of " + method.name() + ": the request takes more than " + outlet.maxPayloadBytes()
                            + " bytes; send less at once, or raise maxPayloadBytes on all nodes",
                    false);
        } catch (RuntimeException e) {
            return new MalformedMessageException(
                    "call of " + method.name() + ": the codec of its requests threw " + e, false, e);
        }
    }

    private <R> void succeed(PendingCall<R> call, ByteBuffer payload) {
        R response;
        try {
            response = call.decode(payload);
        } catch (RuntimeException | StackOverflowError e) {
            call.fail(new MalformedMessageException(
                    "call of " + call.method() + " to " + call.peer() + ": the answer cannot be read: " + e, true, e));
            return;
        }
        call.succeed(response);
    }

    private @Nullable PendingCall<?> takeCallTo(NodeId peer, long correlation) {
        PendingCall<?> call = pending.get(correlation);
        return call != null && call.peer().equals(peer) && take(call) ? call : null;
    }

    private boolean take(PendingCall<?> call) {
        if (!deadlines.remove(call)) {
            return false;
        }
        pending.remove(call.correlation);
        call.load.calls--;
        return true;
    }

    /** One timer for all calls. It is left alone when the first deadline goes away: calls mostly end, and others come. */
    private void armTimer() {
        PendingCall<?> first = deadlines.first();
        if (first == null || closed || (timer != null && timerDue - first.due() <= 0)) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timerDue = first.due();
        timer = world.scheduler().schedule(timerDue - world.clock().nanos(), this::onTimer);
    }

    private void onTimer() {
        timer = null;
        long now = world.clock().nanos();
        PendingCall<?> first = deadlines.first();
        while (first != null && first.due() - now <= 0) {
            take(first);
            first.fail(new DeadlineExceededException(
                    "call of " + first.method() + " to " + first.peer() + ": no answer within "
                            + Duration.ofNanos(first.timeoutNanos),
                    true));
            first = deadlines.first();
        }
        armTimer();
    }

    private long nextCorrelation() {
        if (!started) {
            // Anywhere in 2^64, so that an answer to an earlier start of this node meets no call of this one.
            started = true;
            nextCorrelation = world.random().nextLong();
        }
        return nextCorrelation++;
    }
}
