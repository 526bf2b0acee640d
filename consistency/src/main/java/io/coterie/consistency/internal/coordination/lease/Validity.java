package io.coterie.consistency.internal.coordination.lease;

import io.coterie.rpc.spi.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Until when a lease is valid for its holder. Once anyone has seen it over, it stays over. Safe for
 * use by any thread.
 */
final class Validity {
    private static final long OVER = Long.MIN_VALUE;

    private final Clock clock;
    private final long began;

    /**
     * In nanoseconds since the beginning, which no clock's reading can make equal to {@link #OVER}.
     */
    private final AtomicLong end;

    Validity(Clock clock, long until) {
        this.clock = clock;
        this.began = clock.nanos();
        this.end = new AtomicLong(until - began);
    }

    /** How much is left; zero when it is over. */
    long remainingNanos() {
        while (true) {
            long current = end.get();
            long left = left(current);
            if (left > 0) {
                return left;
            }
            if (end.compareAndSet(current, OVER)) {
                return 0;
            }
        }
    }

    /** Moves the end, unless it has come. Returns whether it lies ahead. */
    boolean extend(long until) {
        long current = end.get();
        return left(current) > 0 && end.compareAndSet(current, until - began) && remainingNanos() > 0;
    }

    void end() {
        end.set(OVER);
    }

    private long left(long current) {
        return current == OVER ? 0 : Math.max(began + current - clock.nanos(), 0);
    }
}
