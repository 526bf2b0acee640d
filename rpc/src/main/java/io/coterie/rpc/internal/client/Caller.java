package io.coterie.rpc.internal.client;

import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.util.PeerTable;
import io.coterie.rpc.internal.wire.Failure;
import io.coterie.rpc.internal.wire.Message;
import io.coterie.rpc.internal.wire.MessageSender;
import io.coterie.rpc.internal.wire.MethodIds;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calling side: sends requests, and ends each call once, by its answer, its deadline or the
 * loss of its peer.
 */
public final class Caller {
    /** The pause of the timer after a run that threw. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * How often calls whose answers are no longer wanted are looked for, and dropped with all that
     * they hold.
     */
    private static final long UNWANTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final NodeId self;
    private final World world;
    private final MessageSender sender;
    private final int maxInFlight;
    private final RetryBudget budget;
    private final NodeCounters counters;
    private final MethodIds methodIds = new MethodIds();

    private final CallTable pending = new CallTable();
    private final PeerTable<CalledPeer> peers = new PeerTable<>(this::calledPeer);
    private final RetryScheduler retryScheduler;
    private final boolean letsGo;
    private final Repetition timer;

    /** Whether another run of the timer will come: it is set, or a run threw. */
    private boolean timed;

    private long timerDue;
    private long startId;
    private long nextCorrelation;

    /**
     * One sequence for the calls to all peers, so that a peer that is forgotten and called again
     * never sees a number twice.
     */
    private long nextSequence = 1;

    private boolean started;
    private boolean closed;
    private volatile @Nullable Throwable failure;

    public Caller(
            NodeId self,
            World world,
            MessageSender sender,
            int maxInFlight,
            RetryBudget budget,
            NodeCounters counters) {
        this.self = self;
        this.world = world;
        this.sender = sender;
        this.maxInFlight = maxInFlight;
        this.budget = budget;
        this.counters = counters;
        this.retryScheduler = new RetryScheduler(world, counters);
        this.timer = new Repetition(world.scheduler(), PAUSE_NANOS, this::onTimer, () -> timed = true);
        // Over other transports calls are made again after a timeout, so they are short.
        this.letsGo = sender.reportsLoss();
    }

    World world() {
        return world;
    }

    /** Sets why the node was closed, for the texts of calls from now on: its loop failed. */
    public void endedBy(Throwable reason) {
        failure = reason;
    }

    /** The failure of a call that the loop has not ended in time. May be called by any thread. */
    RpcException loopBlocked(String method, Object peer) {
        return Failures.loopBlocked(method, peer, self);
    }

    /** The failure of a call because the node is closed. May be called by any thread. */
    public RpcException closed(String method, NodeId peer, boolean maybeExecuted) {
        return Failures.closed(method, peer, self, maybeExecuted, failure);
    }

    NodeCounters counters() {
        return counters;
    }

    RetryScheduler retryScheduler() {
        return retryScheduler;
    }

    long nanos() {
        return world.clock().nanos();
    }

    CalledPeer peer(NodeId id) {
        return peers.of(id);
    }

    private CalledPeer calledPeer(NodeId id) {
        return new CalledPeer(id, budget, nanos());
    }

    /** Numbers a call to the peer that must not be executed twice. */
    long open(CalledPeer peer) {
        long sequence = nextSequence++;
        peer.callIds.open(sequence);
        return sequence;
    }

    /**
     * Makes a call that a protocol waits for. If the call cannot be sent, its handler gets the
     * reason in a later turn.
     *
     * @return whether it was sent
     */
    public <Q, R> boolean send(
            NodeId to, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> handler) {
        SentCall<R> call = new SentCall<>(peer(to), method, timeoutNanos, handler);
        RpcException failure = trySend(call, nextCorrelation(), method, request, nanos(), timeoutNanos, 0);
        if (failure != null) {
            Runnable fail = () -> call.onNoAnswer(failure);
            if (!world.scheduler().execute(fail)) {
                // There is no later turn. To notify the handler too early is better than never.
                fail.run();
            }
        }
        return failure == null;
    }

    /** Writes what was sent to a peer now. */
    public void flush(NodeId to) {
        sender.flush(to);
    }

    /**
     * Sends a request that has no answer, or drops it.
     *
     * @param urgent whether it goes before those that wait to be written
     */
    public <Q> void tell(NodeId to, RpcMethod<Q, ?> method, Q request, boolean urgent) {
        if (closed) {
            return;
        }
        MethodIds.Ids ids = methodIds.of(method);
        ByteWriter out = sender.begin();
        Message.putTell(out, ids.method(), ids.signature());
        if (encode(out, method, request) == null) {
            sender.send(to, urgent);
        }
    }

    /**
     * Sends a request whose answer the call waits for, or returns why it was not sent.
     *
     * @param sequence the call's number where it must not be executed twice, or 0
     */
    <Q> @Nullable RpcException trySend(
            PendingCall call,
            long correlation,
            RpcMethod<Q, ?> method,
            Q request,
            long now,
            long timeoutNanos,
            long sequence) {
        CalledPeer peer = call.peer();
        if (closed) {
            return closed(method.name(), peer.id, false);
        }
        if (peer.attemptsInFlight >= maxInFlight) {
            return refused(peer, Failures.tooManyInFlight(method.name(), peer.id, maxInFlight));
        }
        MethodIds.Ids ids = methodIds.of(method);
        ByteWriter out = sender.begin();
        byte kind = sequence == 0 ? Message.REQUEST : Message.REQUEST_ONCE;
        Message.putRequest(out, kind, correlation, ids.method(), ids.signature(), timeoutNanos / 1000);
        if (sequence != 0) {
            CallIds callIds = peer.callIds;
            Message.putCallId(out, startId(), callIds.session(), sequence, callIds.firstOpen(nextSequence));
        }
        RpcException failure = encode(out, method, request);
        if (failure != null) {
            return failure;
        }
        if (!sender.send(peer.id)) {
            return refused(peer, sender.refusal(peer.id));
        }
        peer.attemptsInFlight++;
        pending.put(correlation, call, now + timeoutNanos);
        armTimer(now + (letsGo ? Math.min(timeoutNanos, UNWANTED_NANOS) : timeoutNanos), now);
        return null;
    }

    private RpcException refused(CalledPeer peer, RpcException failure) {
        if (failure instanceof OverloadedException) {
            counters.overloadedHere.add(1);
            FlightEvents.refusedHere(peer.id, Failure.textOf(failure));
        }
        return failure;
    }

    /**
     * Cancels an attempt, at its peer, too. Returns {@code false} if no attempt of that number is
     * in flight.
     */
    boolean cancel(CalledPeer peer, long correlation) {
        if (take(correlation) == null) {
            return false;
        }
        Message.putAnswer(sender.begin(), Message.CANCEL, correlation);
        sender.send(peer.id);
        return true;
    }

    public void onReply(NodeId from, long correlation, ByteBuffer payload) {
        PendingCall call = takeCallTo(from, correlation);
        if (call != null) {
            call.onAnswer(payload);
        }
    }

    public void onFailure(NodeId from, long correlation, ByteBuffer payload) {
        // Read before the call is removed: a malformed message must not end a call.
        Failure failure = Failure.read(payload);
        PendingCall call = takeCallTo(from, correlation);
        if (call == null) {
            return;
        }
        if (failure.code() == Failure.OTHER_SESSION) {
            call.onSession(failure.number());
            return;
        }
        RpcException exception = failure.toException(from, call.method());
        if (exception.maybeExecuted()) {
            call.onNoAnswer(exception);
        } else {
            call.onRefused(exception);
        }
    }

    public void onDisconnected(NodeId id, String reason) {
        CalledPeer peer = peers.find(id);
        if (peer == null) {
            return;
        }
        // The next process of that name knows no session of the one before. To ask for one costs
        // less than a doubtful outcome.
        peer.callIds.session(Message.NO_SESSION);
        for (long correlation : pending.to(peer)) {
            PendingCall call = take(correlation);
            if (call != null) {
                call.onNoAnswer(Failures.connectionLost(call, reason));
            }
        }
    }

    /**
     * Forgets a node that is no longer a peer. Calls in flight to it end, as its connection does.
     */
    public void forget(NodeId id) {
        onDisconnected(id, "it is no longer a peer of this node");
        CalledPeer peer = peers.find(id);
        if (peer != null) {
            // Calls that wait for their next attempt have the entry, so it may have to stay.
            peer.retries = new RetryTokens(budget, nanos());
            peers.removeIdle(id);
        }
    }

    /** Whether the node is closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Ends all calls; those made from now on fail. */
    public void close() {
        closed = true;
        timer.cancel();
        for (long correlation : pending.to(null)) {
            PendingCall call = take(correlation);
            if (call != null) {
                call.onNoAnswer(closed(call.method(), call.peer().id, true));
            }
        }
        retryScheduler.close();
    }

    /** Runs a task after a delay. */
    Scheduler.Timer later(long nanos, Runnable task) {
        return world.scheduler().schedule(nanos, task);
    }

    void onLoop(Runnable task) {
        if (world.scheduler().inLoop()) {
            task.run();
        } else {
            world.scheduler().execute(task);
        }
    }

    long nextCorrelation() {
        drawIds();
        return nextCorrelation++;
    }

    private long startId() {
        drawIds();
        return startId;
    }

    private void drawIds() {
        if (!started) {
            // Anywhere in 2^64, so that an answer to an earlier start of this node matches no call
            // of this one.
            started = true;
            nextCorrelation = world.random().nextLong();
            startId = world.random().nextLong();
        }
    }

    private <Q> @Nullable RpcException encode(ByteWriter out, RpcMethod<Q, ?> method, Q request) {
        int header = out.size();
        try {
            method.request().encode(request, out);
        } catch (BufferOverflowException e) {
            return Failures.requestTooLarge(method.name(), sender.maxPayloadBytes());
        } catch (Throwable e) {
            return Failures.codecThrew(method.name(), e);
        }
        return out.size() - header <= sender.maxPayloadBytes()
                ? null
                : Failures.requestTooLarge(method.name(), sender.maxPayloadBytes());
    }

    private @Nullable PendingCall takeCallTo(NodeId id, long correlation) {
        PendingCall call = pending.get(correlation);
        return call != null && call.peer().id.equals(id) ? take(correlation) : null;
    }

    private @Nullable PendingCall take(long correlation) {
        PendingCall call = pending.remove(correlation);
        if (call != null) {
            call.peer().attemptsInFlight--;
        }
        return call;
    }

    /**
     * One timer for all calls. It stays when the call with the first deadline ends: most calls end,
     * and others come.
     */
    private void armTimer(long due, long now) {
        if (closed || (timed && timerDue - due <= 0)) {
            return;
        }
        timerDue = due;
        timer.in(due - now);
        timed = true;
    }

    /**
     * Cancels calls whose answer is no longer wanted at their peers, too, so that no peer makes
     * that answer.
     */
    private void letGo() {
        for (long correlation : pending.unwanted()) {
            PendingCall call = pending.get(correlation);
            if (call != null) {
                cancel(call.peer(), correlation);
            }
        }
    }

    private void onTimer() {
        timed = false;
        for (long correlation : pending.dueBy(nanos())) {
            PendingCall call = take(correlation);
            if (call != null) {
                call.onNoAnswer(Failures.noAnswer(call));
            }
        }
        if (letsGo) {
            letGo();
        }
        if (!pending.isEmpty()) {
            long now = nanos();
            long next = pending.nextLook(now);
            armTimer(letsGo && next - now > UNWANTED_NANOS ? now + UNWANTED_NANOS : next, now);
        }
    }
}
