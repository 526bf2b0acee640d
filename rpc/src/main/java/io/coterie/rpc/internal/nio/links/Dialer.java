package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.HostPort;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RandomSource;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.Scheduler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to dial one peer: at once, and after each failure and loss with growing waits, while it is not connected. A wait
 * ends early when another peer is connected again.
 */
final class Dialer {
    /** A connection that did not last as long counts as one more failure, so that a peer that hangs up is not hammered. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeId peer;
    private final HostPort address;
    private final RetryPolicy policy;
    private final RandomSource random;
    private final Resolver resolver;
    private final Line line;

    private final Repetition dials;
    private boolean waits;
    private boolean dialing;
    private boolean connected;
    private boolean closed;
    private int failures;
    private long connectedSince;

    /** Makes one attempt. */
    interface Line {
        /** Connects to the address, which is null if the host is not known. */
        void connect(Dialer dialer, @Nullable InetSocketAddress address);
    }

    Dialer(
            NodeId peer,
            HostPort address,
            RetryPolicy policy,
            Scheduler loop,
            RandomSource random,
            Resolver resolver,
            Line line) {
        this.peer = peer;
        this.address = address;
        this.policy = policy;
        this.dials = new Repetition(loop, LASTING_NANOS, this::dialNow, () -> dialing = false);
        this.random = random;
        this.resolver = resolver;
        this.line = line;
    }

    NodeId peer() {
        return peer;
    }

    HostPort address() {
        return address;
    }

    void dial() {
        dials.guard(this::dialNow);
    }

    private void dialNow() {
        waits = false;
        if (!dialing && !connected && !closed) {
            dialing = true;
            resolver.resolve(address, failures, found -> {
                if (!closed) {
                    dials.guard(() -> line.connect(this, found));
                }
            });
        }
    }

    /** Dials now if it is to wait: there is reason to think that the peer can be reached again. */
    void hurry() {
        if (waits) {
            dials.cancel();
            dial();
        }
    }

    /** The attempt brought no connection. */
    void onFailure() {
        dialing = false;
        failures++;
        dialLater();
    }

    /** The attempt brought a connection. */
    void onSuccess() {
        dialing = false;
    }

    /** The peer is connected, whoever dialed. */
    void onConnected() {
        connected = true;
        connectedSince = System.nanoTime();
    }

    /** The peer is not connected any more. */
    void onLost() {
        connected = false;
        if (System.nanoTime() - connectedSince >= LASTING_NANOS) {
            failures = 0;
        }
        failures++;
        dialLater();
    }

    void close() {
        closed = true;
        dials.cancel();
    }

    private void dialLater() {
        if (!waits && !dialing && !connected && !closed) {
            dials.in(policy.backoffNanos(failures, random));
            waits = true;
        }
    }
}
