package io.coterie.replication;

import io.coterie.rpc.Clock;

/**
 * A hybrid logical clock (Kulkarni et al., Logical Physical Clocks, 2014): readings that only rise, follow the wall clock
 * where it runs well, and are above every reading that this node was shown. A reading is 48 bits of milliseconds since
 * 1970 and 16 bits that count within one millisecond.
 *
 * <p>Only to be used on the node's loop.
 */
public final class HybridClock {
    private static final int LOGICAL_BITS = 16;

    private final Clock clock;
    private long last;

    /** A clock that has seen no other. */
    public HybridClock(Clock clock) {
        this.clock = clock;
    }

    /** A reading above all before it and all that were observed. */
    public long next() {
        last = Math.max(reading(clock.wallMillis()), last + 1);
        return last;
    }

    /** Takes note of another node's reading. */
    public void observe(long reading) {
        last = Math.max(last, reading);
    }

    /** The first reading within a millisecond since 1970. */
    static long reading(long millis) {
        return millis << LOGICAL_BITS;
    }

    /** The wall-clock part of a reading, in milliseconds since 1970. */
    public static long millis(long reading) {
        return reading >>> LOGICAL_BITS;
    }
}
