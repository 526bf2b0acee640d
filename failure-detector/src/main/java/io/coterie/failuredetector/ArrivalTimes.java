package io.coterie.failuredetector;

/**
 * The last arrivals of heartbeats with their numbers, and what follows from them for the next one
 * (Chen, Toueg and Aguilera, On the Quality of Service of Failure Detectors, 2002, section 6).
 *
 * <p>Times are microseconds since any moment. A line through the arrivals, by least squares, has the
 * interval as its slope. Sums are relative to an arrival that is not long ago, so that they stay small
 * and exact however many have passed through. When the window has been filled once more, those of the
 * last filling replace the others, which also removes what they were rounded by.
 */
final class ArrivalTimes {
    /** Fewer arrivals say too little about the interval. */
    private static final int MIN_FOR_INTERVAL = 10;

    private final long[] times;
    private final long[] numbers;
    private int size;
    private int oldest;
    private Sums sums = new Sums();
    private Sums sumsOfThisFilling = new Sums();

    ArrivalTimes(int capacity) {
        times = new long[capacity];
        numbers = new long[capacity];
    }

    /** Adds an arrival. It replaces the oldest if there are as many as there may be. */
    void add(long time, long number) {
        if (oldest == 0) {
            Sums before = sums;
            sums = sumsOfThisFilling;
            sumsOfThisFilling = before;
            sumsOfThisFilling.startAt(time, number);
        }
        if (size == 0) {
            sums.startAt(time, number);
        }
        if (size == times.length) {
            sums.remove(times[oldest], numbers[oldest]);
        } else {
            size++;
        }
        times[oldest] = time;
        numbers[oldest] = number;
        sums.add(time, number);
        sumsOfThisFilling.add(time, number);
        oldest = (oldest + 1) % times.length;
    }

    void clear() {
        size = 0;
        oldest = 0;
    }

    /** The interval between consecutive numbers, or another value if too little is known. */
    double interval(double otherwise) {
        double spread = size * sums.squares - sums.numbers * sums.numbers;
        return size < MIN_FOR_INTERVAL || spread <= 0
                ? otherwise
                : (size * sums.products - sums.numbers * sums.times) / spread;
    }

    /** How long after an arrival a number is expected; the window must not be empty. */
    double expected(long number, double interval, long after) {
        double steps = number - sums.originNumber - sums.numbers / size;
        return sums.times / size + interval * steps - (after - sums.originTime);
    }

    private static final class Sums {
        private long originTime;
        private long originNumber;
        private double times;
        private double numbers;
        private double squares;
        private double products;

        void startAt(long time, long number) {
            originTime = time;
            originNumber = number;
            times = 0;
            numbers = 0;
            squares = 0;
            products = 0;
        }

        void add(long time, long number) {
            double x = number - originNumber;
            double y = time - originTime;
            numbers += x;
            times += y;
            squares += x * x;
            products += x * y;
        }

        void remove(long time, long number) {
            double x = number - originNumber;
            double y = time - originTime;
            numbers -= x;
            times -= y;
            squares -= x * x;
            products -= x * y;
        }
    }
}
