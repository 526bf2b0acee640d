package io.coterie.simulation;

import java.time.Duration;

/** How long the jobs of a disk take. */
final class JobTimes {
    private static final Duration DEFAULT_MIN = Duration.ofNanos(100_000);
    private static final Duration DEFAULT_MAX = Duration.ofNanos(500_000);

    private Duration min = DEFAULT_MIN;
    private Duration max = DEFAULT_MAX;
    private Duration slowedBy = Duration.ZERO;
    private Duration stall = Duration.ZERO;

    void between(Duration newMin, Duration newMax) {
        if (newMin.isNegative() || newMax.compareTo(newMin) < 0) {
            throw new IllegalArgumentException("job time from " + newMin + " to " + newMax);
        }
        min = newMin;
        max = newMax;
    }

    void slowDown(Duration atMost) {
        slowedBy = atMost;
    }

    void stallNext(Duration by) {
        stall = by;
    }

    void reset() {
        min = DEFAULT_MIN;
        max = DEFAULT_MAX;
        slowedBy = Duration.ZERO;
        stall = Duration.ZERO;
    }

    /** Draws the time of the next job, in nanoseconds. A stall ends with it. */
    long drawNanos(SimRandom random) {
        long usual = random.between(min.toNanos(), max.toNanos()) + stall.toNanos();
        stall = Duration.ZERO;
        long most = slowedBy.toNanos();
        return most == 0 ? usual : usual + random.between(most / 10, most);
    }
}
