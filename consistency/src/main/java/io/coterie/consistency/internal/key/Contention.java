package io.coterie.consistency.internal.key;

/** Whether a key is changed by several nodes at once, so that it is best left to its home. */
final class Contention {
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

    /**
     * Another node's round stood in the way, or the home reports that others change the key, too.
     * It counts for that long.
     */
    void met(long now, long nanos) {
        on = true;
        until = now + nanos;
    }

    /** The home has heard of no other node for a while. */
    void over() {
        on = false;
    }
}
