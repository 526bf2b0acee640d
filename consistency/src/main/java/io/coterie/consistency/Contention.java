package io.coterie.consistency;

import java.time.Duration;

/** Whether a key is changed by several nodes at once, so that it is best left to its home. */
final class Contention {
    private static final long TIME_NANOS = Duration.ofMillis(200).toNanos();

    private boolean on;
    private long until;

    /** Whether it may be on: without a look at the clock. */
    boolean mayBeOn() {
        return on;
    }

    boolean isOn(long now) {
        on = on && until - now > 0;
        return on;
    }

    /** Another node's round stood in the way, or the home says that others change the key, too. */
    void met(long now) {
        on = true;
        until = now + TIME_NANOS;
    }

    /** The home has heard of no other node for a while. */
    void over() {
        on = false;
    }
}
