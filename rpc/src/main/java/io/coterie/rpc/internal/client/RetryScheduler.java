package io.coterie.rpc.internal.client;

import io.coterie.rpc.CallOptions;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.events.FlightEvents;
import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.internal.util.Nanos;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a failed attempt is followed by another, and keeps the calls that wait for their
 * next one.
 */
final class RetryScheduler {
    private final World world;
    private final NodeCounters counters;
    private final Set<CallFuture<?, ?>> pausing = new LinkedHashSet<>();
    private boolean closed;

    RetryScheduler(World world, NodeCounters counters) {
        this.world = world;
        this.counters = counters;
    }

    /**
     * How long a call waits before its next attempt, in nanoseconds; below zero if there is no next
     * one.
     *
     * @param failures how many attempts have failed, {@code last} the last of them
     */
    long waitAfter(PendingCall call, int failures, RpcException last, CallOptions options, long deadline) {
        if (closed || failures >= options.retry().maxAttempts() || !anotherMayEndOtherwise(last)) {
            return -1;
        }
        long wait = options.retry().backoffNanos(failures, world.random());
        if (last instanceof OverloadedException overloaded && overloaded.retryAfter() != null) {
            wait += Nanos.of(overloaded.retryAfter());
        }
        long now = world.clock().nanos();
        if (now + wait - deadline >= 0) {
            return -1;
        }
        if (!(last instanceof PeerUnavailableException) && !mayAddLoad(call.peer())) {
            return -1;
        }
        counters.retries.add(1);
        FlightEvents.retry(call.peer().id, call.method(), last, wait);
        return wait;
    }

    /**
     * A call that may have been executed can be tried again: its method is idempotent, or it is not
     * executed twice.
     */
    private static boolean anotherMayEndOtherwise(RpcException failure) {
        return !(failure instanceof MessageTooLargeException
                || failure instanceof MalformedMessageException
                || failure instanceof NodeClosedException
                || failure instanceof OutcomeForgottenException
                || failure instanceof NotPermittedException
                || failure instanceof RemoteException);
    }

    /** Takes a token out of the peer's budget. Returns {@code false} if there is none. */
    boolean mayAddLoad(CalledPeer peer) {
        if (peer.retries.tryTake(world.clock().nanos())) {
            return true;
        }
        counters.retriesDenied.add(1);
        return false;
    }

    /** Makes the next attempt of the call after a wait. */
    Scheduler.Timer pause(CallFuture<?, ?> call, long wait) {
        pausing.add(call);
        return world.scheduler().schedule(wait, () -> {
            pausing.remove(call);
            call.run();
        });
    }

    boolean isPausing(CallFuture<?, ?> call) {
        return pausing.contains(call);
    }

    /** Cancels the next attempt of the call. */
    void unpause(CallFuture<?, ?> call, Scheduler.@Nullable Timer pause) {
        if (pause != null && pausing.remove(call)) {
            pause.cancel();
        }
    }

    /** Ends the calls that wait. There are no more retries from now on. */
    void close() {
        closed = true;
        List.copyOf(pausing).forEach(CallFuture::abandon);
    }
}
