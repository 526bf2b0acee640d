package io.coterie.failuredetector;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a detector achieves on a network. All that depends on chance follows from the seed, and is the
 * same for each detector with the same interval.
 *
 * @param quality the mistakes about a process that does not fail
 * @param suspectedAfter seconds from a failure to its suspicion, sorted
 * @param downAfter seconds from a failure until the process counts as down, sorted
 */
record QualityCell(Network network, Contender contender, Quality quality, double[] suspectedAfter, double[] downAfter) {
    private static final double FIRST_CRASH_SECONDS = 60;
    private static final double CRASH_SECONDS = 60;

    /** How much is simulated. */
    record Effort(long seed, double hours, int crashes) {}

    static QualityCell measure(Network network, Contender contender, Effort effort) {
        double[] suspected = new double[effort.crashes];
        double[] down = new double[effort.crashes];
        SplittableRandom random = new SplittableRandom(effort.seed);
        for (int i = 0; i < effort.crashes; i++) {
            long crash = (long) ((FIRST_CRASH_SECONDS + random.nextDouble() * CRASH_SECONDS) * 1e9);
            double[] after = WatchRun.detection(contender, network, effort.seed + 1 + i, crash);
            suspected[i] = after[0];
            down[i] = after[1];
        }
        Arrays.sort(suspected);
        Arrays.sort(down);
        Quality quality = WatchRun.mistakes(contender, network, effort.seed, effort.hours);
        return new QualityCell(network, contender, quality, suspected, down);
    }

    static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    double median() {
        return quantile(downAfter, 0.5);
    }

    double mistakesPerHour() {
        return quality.down().perHour();
    }
}
