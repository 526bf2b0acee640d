package io.coterie.rpc;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * What a node's thread does when there is nothing to do. When it sleeps, the system takes some ten
 * microseconds to wake it, at each side of a call. When it polls instead, it answers sooner, and
 * keeps a processor busy meanwhile.
 *
 * <p>Immutable.
 */
public final class IdleStrategy {
    private static final IdleStrategy BLOCK = new IdleStrategy(Duration.ZERO);
    private static final Duration MAX_SPIN = Duration.ofSeconds(1);

    private final Duration maxSpin;

    private IdleStrategy(Duration maxSpin) {
        this.maxSpin = maxSpin;
    }

    /**
     * Sleeps at once. The default, and right wherever processors are shared or single calls are not
     * urgent.
     *
     * <p>One exception: when many messages came in the last turn, more are probably on their way.
     * The thread then polls for them, for 50 µs at most, and for less after it polled without
     * success.
     */
    public static IdleStrategy block() {
        return BLOCK;
    }

    /**
     * Polls sockets and tasks for a while first, and then sleeps. The time adapts: it is the
     * maximum while work comes within it, and is halved, down to nothing, each time that none came.
     * It is the maximum again once work comes soon after the node fell asleep. So an idle node
     * takes almost no processor time.
     *
     * <p>It pays where single calls must be answered soon and processors are idle, because each
     * node that polls keeps one busy. On a machine with fewer processors than busy threads it slows
     * down the others, among them those that the node waits for.
     *
     * @param maxSpin the maximum, above zero, up to 1 s. Best a few times the usual round trip,
     *     such as 100 µs within a data centre. Less than a round trip never pays, and more makes
     *     idleness cost more
     * @throws IllegalArgumentException if it is out of range
     */
    public static IdleStrategy spin(Duration maxSpin) {
        Objects.requireNonNull(maxSpin, "maxSpin must not be null");
        if (maxSpin.isZero() || maxSpin.isNegative() || maxSpin.compareTo(MAX_SPIN) > 0) {
            throw new IllegalArgumentException("maxSpin " + Durations.text(maxSpin) + " is not above zero and at most "
                    + Durations.text(MAX_SPIN));
        }
        return new IdleStrategy(maxSpin);
    }

    /** The longest time to poll before sleeping; zero for {@link #block}. */
    public Duration maxSpin() {
        return maxSpin;
    }

    @Override
    public String toString() {
        return maxSpin.isZero() ? "block" : "spin for at most " + Durations.text(maxSpin);
    }
}
