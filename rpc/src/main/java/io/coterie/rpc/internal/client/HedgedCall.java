package io.coterie.rpc.internal.client;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call to the first of several peers that answers: the next one is asked, too, when the one
 * before is slow or has failed (hedged requests, Dean and Barroso, The Tail at Scale, CACM 2013).
 * Its state lives on the loop, except for that of the future.
 */
public final class HedgedCall<Q, R> extends LoopFuture<R> implements Runnable {
    private final Caller caller;
    private final List<NodeId> peers;
    private final RpcMethod<Q, R> method;
    private final Q request;
    private final CallOptions options;
    private final long deadline;
    private final long delayNanos;

    private final List<CallFuture<Q, R>> calls = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private Scheduler.@Nullable Timer timer;
    private int asked;

    public HedgedCall(
            Caller caller,
            List<NodeId> peers,
            RpcMethod<Q, R> method,
            Q request,
            CallOptions options,
            long deadline,
            long delayNanos) {
        this.caller = caller;
        this.peers = peers;
        this.method = method;
        this.request = request;
        this.options = options;
        this.deadline = deadline;
        this.delayNanos = delayNanos;
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
        return caller.loopBlocked(method.name(), peers);
    }

    /** Asks the next peer that may be asked. */
    @Override
    public void run() {
        timer = null;
        while (!isDone() && asked < peers.size()) {
            NodeId peer = peers.get(asked++);
            if (!addsLoad() || caller.retryScheduler().mayAddLoad(caller.peer(peer))) {
                ask(peer);
                return;
            }
        }
    }

    /**
     * Whether a peer that was asked before may have the call as well. A peer that is not connected
     * has not.
     */
    private boolean addsLoad() {
        return failures.size() < calls.size()
                || !failures.stream().allMatch(failure -> failure instanceof PeerUnavailableException);
    }

    private void ask(NodeId peer) {
        CallFuture<Q, R> call = new CallFuture<>(caller, peer, method, request, options, deadline);
        calls.add(call);
        if (asked < peers.size()) {
            timer = caller.later(delayNanos, this);
        }
        CompletableFuture<R> unused = call.whenComplete(this::onEnd);
        call.run();
    }

    private void onEnd(@Nullable R response, @Nullable Throwable failure) {
        if (failure == null) {
            answer(response);
            return;
        }
        failures.add(failure);
        stopTimer();
        if (isDone()) {
            return;
        }
        run();
        if (!isDone() && failures.size() == calls.size()) {
            completeExceptionally(withSuppressed(failures));
        }
    }

    private static Throwable withSuppressed(List<Throwable> failures) {
        Throwable last = failures.get(failures.size() - 1);
        for (Throwable failure : failures) {
            // A transport may give the same one each time.
            if (!failure.equals(last)) {
                last.addSuppressed(failure);
            }
        }
        return last;
    }

    @SuppressWarnings("NullAway") // An answer may be null where its codec makes it so.
    private void answer(@Nullable R response) {
        complete(response);
        giveUpOthers();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            caller.onLoop(this::giveUpOthers);
        }
        return cancelled;
    }

    private void giveUpOthers() {
        stopTimer();
        for (CallFuture<Q, R> call : List.copyOf(calls)) {
            call.cancel(true);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
