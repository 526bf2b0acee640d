package io.coterie.failuredetector;

import java.util.Arrays;

/**
 * How often long inter-arrival times occur: a histogram, and beyond what it has seen, an
 * extrapolation.
 *
 * <p>A wanted rate of mistakes is far rarer than what can be observed soon, such as once a day. So the
 * tail is extrapolated: what exceeds a high quantile is taken to be exponentially distributed, with
 * the mean excess that was observed (the peaks-over-threshold method of extreme value theory, in its
 * simplest form: Pickands 1975).
 *
 * <p>Its memory is constant. Old times count half once {@value #HALVED_AT} are known, which is about
 * a day of heartbeats each 100 ms.
 */
final class GapTail {
    private static final int HALVED_AT = 1 << 20;

    /** Buckets of a doubling of the time; so a time is known to an eighth. */
    private static final int PER_DOUBLING = 8;

    private static final int DOUBLINGS = 32;

    /** The tail is what the longest times have in common: at most so many, and so large a share. */
    private static final int MAX_TAIL = 32;

    private static final double MAX_TAIL_SHARE = 0.01;

    private final long[] counts = new long[PER_DOUBLING * DOUBLINGS];
    private long total;

    void add(long micros) {
        counts[bucket(micros)]++;
        total++;
        if (total >= HALVED_AT) {
            halve();
        }
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    long total() {
        return total;
    }

    /**
     * A time, in microseconds, that an inter-arrival time is estimated to exceed with that
     * probability; there must be a time.
     */
    double exceededWith(double probability) {
        long wanted = (long) Math.max(1, Math.min(MAX_TAIL, total * MAX_TAIL_SHARE));
        long above = 0;
        double sum = 0;
        int i = counts.length;
        while (above < wanted) {
            i--;
            above += counts[i];
            sum += counts[i] * upperBound(i);
        }
        double base = lowerBound(i);
        double excess = sum / above - base;
        double share = (double) above / total;
        return share <= probability ? upperBound(i) : base + excess * Math.log(share / probability);
    }

    private void halve() {
        total = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] /= 2;
            total += counts[i];
        }
    }

    /** The doubling, and the eighth in it. Times below 8 µs share the first buckets. */
    private static int bucket(long micros) {
        long value = Math.max(PER_DOUBLING, micros);
        int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        int eighth = (int) (value >>> (doubling - 3)) & (PER_DOUBLING - 1);
        return Math.min((doubling - 3) * PER_DOUBLING + eighth, PER_DOUBLING * DOUBLINGS - 1);
    }

    private static double lowerBound(int bucket) {
        return (double) (1L << (bucket / PER_DOUBLING)) * (PER_DOUBLING + bucket % PER_DOUBLING);
    }

    private static double upperBound(int bucket) {
        return lowerBound(bucket + 1);
    }
}
