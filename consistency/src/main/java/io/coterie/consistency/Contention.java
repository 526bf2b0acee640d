package io.coterie.consistency;

import java.time.Duration;

/**
 * For how long a key that this node and others change at once is left to its home. When the time is over the node tries
 * by itself again; if that fails once more soon, the next time is twice as long, so that trying costs ever less.
 */
final class Contention {
    private static final long SHORTEST_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(5).toNanos();

    private long period;
    private long until;

    /** Whether it was ever met. */
    boolean isKnown() {
        return period > 0;
    }

    boolean isOn(long now) {
        return period > 0 && until - now > 0;
    }

    /** Another node's round stood in the way. */
    void met(long now) {
        if (!isOn(now)) {
            boolean soon = period > 0 && now - until < period;
            period = soon ? Math.min(2 * period, LONGEST_NANOS) : SHORTEST_NANOS;
            until = now + period;
        }
    }
}
