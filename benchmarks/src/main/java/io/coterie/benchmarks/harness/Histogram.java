package io.coterie.benchmarks.harness;

/** Counts durations in buckets that are at most 1.6 % wide. Written by one thread at a time. */
public final class Histogram {
    /** Each power of two is cut into this many buckets. */
    private static final int STEPS = 64;

    private static final int STEP_BITS = 6;

    private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS];
    private long total;

    public void record(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    /**
     * The duration in nanoseconds that a share of all durations do not exceed; 0 if there are none.
     */
    public long quantile(double share) {
        long left = (long) Math.ceil(share * total);
        for (int bucket = 0; bucket < counts.length; bucket++) {
            left -= counts[bucket];
            if (left <= 0 && counts[bucket] > 0) {
                return highest(bucket);
            }
        }
        return 0;
    }

    /**
     * Each value below two times STEPS has a bucket of its own. The top bits of a greater value
     * choose its bucket.
     */
    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - STEP_BITS - 1 - Long.numberOfLeadingZeros(value));
        return shift * STEPS + (int) (value >>> shift);
    }

    private static long highest(int bucket) {
        int shift = Math.max(0, bucket / STEPS - 1);
        long top = bucket - (long) shift * STEPS;
        return ((top + 1) << shift) - 1;
    }
}
