package io.coterie.consistency.simulated.callers;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;

/**
 * How long a run is, how large its cluster and how it is loaded, apart from faults. Each seed draws
 * its own: most runs are short, for the first seconds after a fault show most of what can go wrong,
 * and some are long, for the rest.
 *
 * @param replicas 3 or 5, or as many as a quorum system needs; three clients come on top
 * @param faulty how long faults come
 * @param callers at each node; those of one node share rounds
 * @param longestPause of a caller between two operations
 * @param longestDelay of a message when the network suffers no fault
 * @param longestWrite the longest time that a disk needs for a write and its force
 * @param keys how many registers and how many counters are in use at a time; with one, it is hot
 * @param operationsPerKey after how many operations, on average, a key is changed for a new one
 * @param burst how often a caller begins many operations at once instead of one; 0 is never
 * @param duel whether two clients alone are at work, contend to the end, as no key has a home, and
 *     are struck in the middle of changes by {@code PromiseFaults}
 * @param contest whether two clients alone are at work, mostly with functions; one of them leaves a
 *     contended key to its home, the other never does, and changes are struck halfway by {@code
 *     HalfwayFaults}
 * @param readers of a contest: whether all other nodes read
 * @param appends of a contest: the share of appends among the operations on registers
 * @param deletes the share of deletes among the other operations on registers
 * @param collection how often replicas look for tombstones to collect
 */
public record RunShape(
        int replicas,
        Duration faulty,
        int callers,
        Duration longestPause,
        Duration longestDelay,
        Duration longestWrite,
        int keys,
        int operationsPerKey,
        double burst,
        boolean duel,
        boolean contest,
        boolean readers,
        double appends,
        double deletes,
        Duration collection) {
    public static final Duration MIN_DELAY = Duration.ofNanos(100_000);

    private static final Duration LONG = Duration.ofSeconds(12);

    /** The longest delay of links and disks in a contest. */
    public static final Duration CONTEST_DELAY = Duration.ofMillis(1);

    /** The one that a seed draws. */
    public static RunShape of(long seed) {
        return draw(Simulation.create(seed).random("shape"));
    }

    public static RunShape draw(SimRandom random) {
        boolean duel = random.chance(0.3);
        boolean deletes = random.chance(0.3);
        return new RunShape(
                random.chance(0.6) ? 3 : 5,
                drawLength(random),
                random.chance(0.7) ? 1 : 2,
                random.between(Duration.ofMillis(5), Duration.ofMillis(60)),
                random.between(MIN_DELAY, Duration.ofMillis(20)),
                random.between(MIN_DELAY, Duration.ofMillis(random.chance(0.5) ? 1 : 30)),
                duel ? 1 : 1 + random.nextInt(3),
                random.chance(0.8) ? 100 : 400,
                random.chance(0.3) ? 0.02 : 0,
                duel,
                false,
                false,
                0,
                deletes ? 0.3 : 0.08,
                deletes ? Duration.ofMillis(20) : RegisterState.MIN_TOMBSTONE_AGE);
    }

    /**
     * A run of the same length, in which two clients contend for one key. Links are fast, so that a
     * home soon counts as gone.
     */
    public RunShape asContest() {
        return asContest(false, 0.6, 0.5);
    }

    /**
     * A contest without appends, in which deletes are struck halfway and all other nodes read what
     * they have reached.
     */
    public RunShape asContestOfDeletes() {
        return asContest(true, 0, 0.35);
    }

    private RunShape asContest(boolean readers, double appends, double deletes) {
        return new RunShape(
                5,
                faulty,
                1,
                Duration.ofMillis(5),
                CONTEST_DELAY,
                CONTEST_DELAY,
                1,
                operationsPerKey,
                0,
                false,
                true,
                readers,
                appends,
                deletes,
                collection);
    }

    /** The same with another number of replicas. */
    public RunShape withReplicas(int count) {
        return new RunShape(
                count,
                faulty,
                callers,
                longestPause,
                longestDelay,
                longestWrite,
                keys,
                operationsPerKey,
                burst,
                duel,
                contest,
                readers,
                appends,
                deletes,
                collection);
    }

    /** Whether one fault may last for tens of seconds. */
    public boolean isLong() {
        return faulty.compareTo(LONG) >= 0;
    }

    /** Whether only two clients are at work. */
    public boolean hasRivals() {
        return duel || contest;
    }

    private static Duration drawLength(SimRandom random) {
        double kind = random.nextDouble();
        if (kind < 0.8) {
            return random.between(Duration.ofMillis(1500), Duration.ofSeconds(5));
        } else if (kind < 0.98) {
            return random.between(Duration.ofSeconds(5), Duration.ofSeconds(12));
        }
        return Duration.ofSeconds(30);
    }
}
