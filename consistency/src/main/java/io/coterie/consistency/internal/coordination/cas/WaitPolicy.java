package io.coterie.consistency.internal.coordination.cas;

import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;

/**
 * How long an attempt continues, and how often it asks. Times are readings of the node's steady
 * clock.
 *
 * @param waitEnd until when it waits for others
 * @param end when it gives up for lack of answers
 * @param operationNanos the longest time for one operation
 * @param maxPauseNanos the longest time between two looks
 */
public record WaitPolicy(long waitEnd, long end, long operationNanos, long maxPauseNanos) {
    /** Longer than any process lives, and far from where sums of times overflow. */
    public static final long FOREVER = Duration.ofDays(365L * 100).toNanos();

    private static final long MIN_PAUSE_NANOS = Duration.ofMillis(4).toNanos();
    private static final int MAX_DOUBLINGS = 12;
    private static final int WATCHED_PAUSES = 5;

    boolean isOver(long now) {
        return now - end >= 0;
    }

    public long waitLeft(long now) {
        return waitEnd - now;
    }

    /** An operation may take its time even if the caller does not want to wait for others. */
    long operationEnd(long now) {
        long left = Math.max(end - now, 0);
        return now + Math.min(operationNanos, left);
    }

    /**
     * The pause before the next look, while others have what is asked for: grows, and is not the
     * same at all nodes.
     */
    long poll(int waits, RandomSource random) {
        return drawn(MIN_PAUSE_NANOS << Math.min(waits / 2, MAX_DOUBLINGS), random);
    }

    /** The pause before the next look where a watch reports changes: it may have missed one. */
    long watchedPoll(RandomSource random) {
        long longest = Math.max(WATCHED_PAUSES * maxPauseNanos, 2);
        return longest / 2 + random.nextLong(longest / 2 + 1);
    }

    /** The pause after that many setbacks in a row. */
    long retry(int setbacks, RandomSource random) {
        return drawn(MIN_PAUSE_NANOS << Math.min(setbacks - 2, MAX_DOUBLINGS), random);
    }

    private long drawn(long nanos, RandomSource random) {
        long longest = Math.max(Math.min(nanos, maxPauseNanos), 2);
        return longest / 2 + random.nextLong(longest / 2 + 1);
    }
}
