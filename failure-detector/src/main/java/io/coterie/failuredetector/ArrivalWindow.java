package io.coterie.failuredetector;

/**
 * Mean and deviation of the last inter-arrival times of heartbeats.
 *
 * <p>The sums are whole microseconds, so that removing the oldest time undoes exactly what adding
 * it did, however many have passed through. They cannot overflow: {@value #MAX_SIZE} squares of
 * {@value #MAX_INTER_ARRIVAL_MICROS} stay below 2^63.
 */
final class ArrivalWindow {
    static final int MAX_SIZE = 10_000;
    static final long MAX_INTER_ARRIVAL_MICROS = 30_000_000;

    private final long[] interArrivals;
    private int size;
    private int oldest;
    private long sum;
    private long sumOfSquares;

    ArrivalWindow(int capacity) {
        interArrivals = new long[capacity];
    }

    /** Adds a time. It replaces the oldest if the window is full. More than 30 s count as 30 s. */
    void add(long micros) {
        long interArrival = Math.min(micros, MAX_INTER_ARRIVAL_MICROS);
        if (size == interArrivals.length) {
            long dropped = interArrivals[oldest];
            sum -= dropped;
            sumOfSquares -= dropped * dropped;
        } else {
            size++;
        }
        interArrivals[oldest] = interArrival;
        oldest = (oldest + 1) % interArrivals.length;
        sum += interArrival;
        sumOfSquares += interArrival * interArrival;
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
