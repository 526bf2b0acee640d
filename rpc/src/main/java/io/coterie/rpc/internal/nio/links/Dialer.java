package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to dial one peer while it is not connected: at once, and with growing waits after
 * each failure and loss. A wait ends early when another peer is connected again.
 */
final class Dialer {
    /**
     * A shorter connection counts as one more failure, so that a peer that hangs up is not dialed
     * all the time.
     */
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
        /**
         * Connects to the address, which is null if the host is not known. Reports the outcome to
         * the dialer.
         */
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

    /** Dials now rather than after the wait: the peer can probably be reached again. */
    void hurry() {
        if (waits) {
            dials.cancel();
            dial();
        }
    }

    /** The attempt has failed. */
    void onFailure() {
        dialing = false;
        failures++;
        dialLater();
    }

    /** The attempt has succeeded. */
    void onSuccess() {
        dialing = false;
    }

    /** The peer is connected, whoever dialed. */
    void onConnected() {
        connected = true;
        connectedSince = System.nanoTime();
    }

    /** The peer is no longer connected. */
    void onLost() {
        if (!connected) {
            // The connection is older than this dialer.
            return;
        }
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
