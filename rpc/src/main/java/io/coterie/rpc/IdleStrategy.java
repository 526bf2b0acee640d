package io.coterie.rpc;

import java.time.Duration;

/**
 * What a node's thread does when there is nothing to do. To sleep and to be woken again takes the system some ten microseconds
 * on each side of a call; a thread that polls instead answers sooner, and burns a processor meanwhile.
 *
 * <p>Immutable.
 */
public final class IdleStrategy {
    private static final IdleStrategy BLOCK = new IdleStrategy(Duration.ZERO);
    private static final Duration MAX_SPIN = Duration.ofSeconds(1);

    private final Duration longestSpin;

    private IdleStrategy(Duration longestSpin) {
        this.longestSpin = longestSpin;
    }

    /**
     * Sleeps at once, unless many messages came just now: then more are on their way, and it polls for them, for 50 µs at most
     * and less where that was in vain before. The default, and right wherever processors are shared or calls are not in a hurry.
     */
    public static IdleStrategy block() {
        return BLOCK;
    }

    /**
     * Polls sockets and tasks for a while first, and then sleeps. How long adapts: the longest time while work comes within it;
     * half as long after each time that none came, down to nothing; the longest time again as soon as work comes within it
     * after the node fell asleep. An idle node thus costs next to no processor time.
     *
     * <p>Worth it where single calls must be answered soon and processors are spare: each node that polls keeps one busy. On a
     * machine with fewer processors than busy threads it slows down the others, those that the node waits for among them.
     *
     * @param longest above zero, to 1 s. Best a few times the usual round trip, such as 100 µs within a data centre: less
     *     than a round trip never pays, and more only makes idleness cost more
     */
    public static IdleStrategy spin(Duration longest) {
        if (longest.isZero() || longest.isNegative() || longest.compareTo(MAX_SPIN) > 0) {
            throw new IllegalArgumentException(
                    "longest spin " + longest + " is not above zero and at most " + MAX_SPIN);
        }
        return new IdleStrategy(longest);
    }

    /** The longest time to poll before sleeping; zero for {@link #block}. */
    public Duration longestSpin() {
        return longestSpin;
    }

    @Override
    public String toString() {
        return longestSpin.isZero() ? "block" : "spin for " + longestSpin + " at most";
    }
}
