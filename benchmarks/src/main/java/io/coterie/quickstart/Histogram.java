package io.coterie.quickstart;

import java.util.Arrays;

/**
 * Counts durations in buckets that are at most a thirty-second wide, so that percentiles are right
 * to 3 %.
 */
final class Histogram {
    private static final int DETAIL_BITS = 5;
    private static final int DETAIL = 1 << DETAIL_BITS;

    private final long[] counts = new long[Long.SIZE * DETAIL];
    private long total;
    private long longest;

    void add(long nanos) {
        long duration = Math.max(0, nanos);
        counts[bucketOf(duration)]++;
        total++;
        longest = Math.max(longest, duration);
    }

    long total() {
        return total;
    }

    /** The longest duration in nanoseconds, exactly. Zero if nothing was counted. */
    long longest() {
        return longest;
    }

    /**
     * The duration in nanoseconds that a part of all durations do not exceed. Zero if nothing was
     * counted.
     *
     * @param part above 0, at most 1
     */
    long percentile(double part) {
        long rank = (long) Math.ceil(part * total);
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank && seen > 0) {
                return Math.min(longest, endOf(bucket));
            }
        }
        return 0;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
        longest = 0;
    }

    /** The position of the highest bit, and the bits that follow it. */
    private static int bucketOf(long duration) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(duration) - DETAIL_BITS - 1);
        return shift * DETAIL + (int) (duration >>> shift);
    }

    private static long endOf(int bucket) {
        int shift = Math.max(0, bucket / DETAIL - 1);
        return ((bucket - (long) shift * DETAIL + 1) << shift) - 1;
    }
}
