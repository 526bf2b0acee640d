package io.coterie.failuredetector;

/**
 * Mean and deviation of the last so many gaps between heartbeats.
 *
 * <p>The sums are whole microseconds, so that taking the oldest gap out undoes exactly what putting it in did, however
 * many have passed through. They cannot overflow: {@value #LARGEST_SIZE} squares of {@value #LONGEST_GAP_MICROS} stay
 * below 2^63.
 */
final class GapWindow {
    static final int LARGEST_SIZE = 10_000;
    static final long LONGEST_GAP_MICROS = 30_000_000;

    private final long[] gaps;
    private int size;
    private int oldest;
    private long sum;
    private long sumOfSquares;

    GapWindow(int capacity) {
        gaps = new long[capacity];
    }

    /** Takes in a gap, for the oldest one if the window is full. A gap of more than 30 s counts as 30 s. */
    void add(long micros) {
        long gap = Math.min(micros, LONGEST_GAP_MICROS);
        if (size == gaps.length) {
            long dropped = gaps[oldest];
            sum -= dropped;
            sumOfSquares -= dropped * dropped;
        } else {
            size++;
        }
        gaps[oldest] = gap;
        oldest = (oldest + 1) % gaps.length;
        sum += gap;
        sumOfSquares += gap * gap;
    }

    void clear() {
        size = 0;
        oldest = 0;
        sum = 0;
        sumOfSquares = 0;
    }

    int size() {
        return size;
    }

    /** In microseconds; the window must not be empty. */
    double mean() {
        return (double) sum / size;
    }

    /** The standard deviation in microseconds; the window must not be empty. */
    double deviation() {
        double mean = mean();
        return Math.sqrt(Math.max(0, (double) sumOfSquares / size - mean * mean));
    }
}
