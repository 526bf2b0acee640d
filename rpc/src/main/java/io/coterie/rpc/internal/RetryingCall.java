package io.coterie.rpc.internal;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.DeadlineExceededException;
import io.coterie.rpc.MalformedMessageException;
import io.coterie.rpc.MessageTooLargeException;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.World;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call as a future: all its attempts, under one deadline. Lives on the loop; the future is anybody's. */
final class RetryingCall<Q, R> implements ReplyHandler<R> {
    private final World world;
    private final Caller caller;
    private final Set<RetryingCall<?, ?>> waiting;
    private final NodeId peer;
    private final RpcMethod<Q, R> method;
    private final Q request;
    private final CallOptions options;
    private final long deadline;
    private final CompletableFuture<R> future = new CancellableFuture();

    private int failures;
    private @Nullable RpcException maybeExecuted;
    private @Nullable PendingCall<R> attempt;
    private Scheduler.@Nullable Timer pause;

    /** @param waiting where the call stands while it waits between two attempts */
    RetryingCall(
            World world,
            Caller caller,
            Set<RetryingCall<?, ?>> waiting,
            NodeId peer,
            RpcMethod<Q, R> method,
            Q request,
            CallOptions options) {
        this.world = world;
        this.caller = caller;
        this.waiting = waiting;
        this.peer = peer;
        this.method = method;
        this.request = request;
        this.options = options;
        this.deadline = world.clock().nanos() + options.timeout().toNanos();
    }

    /** Ends when the call ends. To cancel it gives the call up. */
    CompletableFuture<R> future() {
        return future;
    }

    void start() {
        pause = null;
        waiting.remove(this);
        if (future.isDone()) {
            return;
        }
        long remaining = deadline - world.clock().nanos();
        if (remaining <= 0) {
            end(new DeadlineExceededException(
                    "call of " + method.name() + " to " + peer + ": " + options.timeout()
                            + " were over before it could be sent",
                    false));
            return;
        }
        attempt = caller.send(peer, method, request, Math.min(remaining, attemptNanos()), this);
    }

    /** To cut short an attempt that no other may follow would only turn late answers into failures. */
    private long attemptNanos() {
        Duration limit = options.attemptTimeout();
        boolean another = method.idempotent() && failures + 1 < options.retry().maxAttempts();
        return limit == null || !another ? Long.MAX_VALUE : limit.toNanos();
    }

    private void giveUp() {
        waiting.remove(this);
        if (pause != null) {
            pause.cancel();
        }
        if (attempt != null) {
            caller.forget(attempt);
        }
    }

    /** Ends the wait for another attempt, with a failure. */
    void fail(RpcException failure) {
        giveUp();
        end(failure);
    }

    @Override
    public void onReply(NodeId from, R response) {
        attempt = null;
        future.complete(response);
    }

    @Override
    public void onFailure(NodeId from, RpcException failure) {
        attempt = null;
        failures++;
        if (!mayTryAgain(failure)) {
            end(failure);
            return;
        }
        if (failure.maybeExecuted()) {
            maybeExecuted = failure;
        }
        long wait = options.retry().backoffNanos(failures, world.random());
        if (world.clock().nanos() + wait - deadline >= 0) {
            end(failure);
            return;
        }
        waiting.add(this);
        pause = world.scheduler().schedule(wait, this::start);
    }

    private boolean mayTryAgain(RpcException failure) {
        if (failures >= options.retry().maxAttempts() || future.isDone()) {
            return false;
        }
        if (failure instanceof MessageTooLargeException
                || failure instanceof MalformedMessageException
                || failure instanceof NodeClosedException
                || failure instanceof RemoteException) {
            // Another attempt would end the same way.
            return false;
        }
        return !failure.maybeExecuted() || method.idempotent();
    }

    /** What an earlier attempt may have done stays true when the last one certainly did nothing. */
    private void end(RpcException last) {
        RpcException earlier = maybeExecuted;
        if (earlier == null || last.maybeExecuted()) {
            future.completeExceptionally(last);
        } else {
            earlier.addSuppressed(last);
            future.completeExceptionally(earlier);
        }
    }

    private final class CancellableFuture extends CompletableFuture<R> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                world.scheduler().execute(RetryingCall.this::giveUp);
            }
            return cancelled;
        }
    }
}
