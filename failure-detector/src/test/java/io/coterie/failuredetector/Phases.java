package io.coterie.failuredetector;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Spells of time that begin at random: pauses of a process, or a network that is worse than usual. */
final class Phases {
    static final Phases NONE = new Phases(new long[0], new long[0]);

    private final long[] starts;
    private final long[] ends;

    private Phases(long[] starts, long[] ends) {
        this.starts = starts;
        this.ends = ends;
    }

    /**
     * How spells come and how long they last. The time between them is exponentially distributed;
     * their length is log-uniformly distributed: as often between 0.1 and 1 s as between 1 and 10.
     */
    record Law(double meanSecondsBetween, double minSeconds, double maxSeconds) {}

    static Phases draw(Law law, long nanos, SplittableRandom random) {
        long[] starts = new long[64];
        long[] ends = new long[64];
        int size = 0;
        for (long t = 0; t < nanos; ) {
            t += (long) (-Math.log(1 - random.nextDouble()) * law.meanSecondsBetween * 1e9);
            double length = law.minSeconds * Math.pow(law.maxSeconds / law.minSeconds, random.nextDouble());
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, 2 * size);
                ends = Arrays.copyOf(ends, 2 * size);
            }
            starts[size] = t;
            t += (long) (length * 1e9);
            ends[size++] = t;
        }
        return new Phases(Arrays.copyOf(starts, size), Arrays.copyOf(ends, size));
    }

    boolean covers(long time) {
        return endOf(time) != time;
    }

    /** When the spell of that time ends; that time itself if there is none. */
    long endOf(long time) {
        int found = Arrays.binarySearch(starts, time);
        int index = found >= 0 ? found : -found - 2;
        return index >= 0 && time < ends[index] ? ends[index] : time;
    }
}
