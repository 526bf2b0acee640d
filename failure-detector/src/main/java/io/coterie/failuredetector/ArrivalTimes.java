package io.coterie.failuredetector;

/**
 * The last arrivals of heartbeats with their numbers, and what follows from them for the next one
 * (Chen, Toueg and Aguilera, On the Quality of Service of Failure Detectors, 2002, section 6).
 *
 * <p>Times are microseconds since any moment. A line through the arrivals, by least squares, has the
 * interval as its slope. Sums are kept relative to an arrival that is not long ago, so that they stay
 * small and exact however many have passed through.
 */
final class ArrivalTimes {
    /** Fewer arrivals say too little about the interval. */
    private static final int MIN_FOR_INTERVAL = 10;

    private final double[] times;
    private final double[] numbers;
    private int size;
    private int oldest;
    private long originTime;
    private long originNumber;
    private double sumOfTimes;
    private double sumOfNumbers;
    private double sumOfSquares;
    private double sumOfProducts;

    ArrivalTimes(int capacity) {
        times = new double[capacity];
        numbers = new double[capacity];
    }

    /** Adds an arrival. It replaces the oldest if there are as many as there may be. */
    void add(long time, long number) {
        if (oldest == 0) {
            moveOrigin(time, number);
        }
        if (size == times.length) {
            sum(times[oldest], numbers[oldest], -1);
        } else {
            size++;
        }
        times[oldest] = time - originTime;
        numbers[oldest] = number - originNumber;
        sum(times[oldest], numbers[oldest], 1);
        oldest = (oldest + 1) % times.length;
    }

    void clear() {
        size = 0;
        oldest = 0;
    }

    /** The interval between consecutive numbers, or another value if too little is known. */
    double interval(double otherwise) {
        double spread = size * sumOfSquares - sumOfNumbers * sumOfNumbers;
        return size < MIN_FOR_INTERVAL || spread <= 0
                ? otherwise
                : (size * sumOfProducts - sumOfNumbers * sumOfTimes) / spread;
    }

    /** How long after an arrival a number is expected; the window must not be empty. */
    double expected(long number, double interval, long after) {
        double steps = number - originNumber - sumOfNumbers / size;
        return sumOfTimes / size + interval * steps - (after - originTime);
    }

    private void moveOrigin(long time, long number) {
        double timeMoved = time - originTime;
        double numberMoved = number - originNumber;
        originTime = time;
        originNumber = number;
        sumOfTimes = 0;
        sumOfNumbers = 0;
        sumOfSquares = 0;
        sumOfProducts = 0;
        for (int i = 0; i < size; i++) {
            times[i] -= timeMoved;
            numbers[i] -= numberMoved;
            sum(times[i], numbers[i], 1);
        }
    }

    private void sum(double time, double number, int sign) {
        sumOfTimes += sign * time;
        sumOfNumbers += sign * number;
        sumOfSquares += sign * number * number;
        sumOfProducts += sign * time * number;
    }
}
