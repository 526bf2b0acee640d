package io.coterie.simulation;

import java.time.Duration;

/**
 * The faults of a link: what it does to each message. The numbers are drawn anew for each copy of a
 * message. Immutable; each {@code with} method returns a changed copy.
 *
 * <p>The time on the way is a number between the two delays, each equally likely, and sometimes an
 * extra delay. So messages overtake each other if the delays differ by more than the time between
 * two messages.
 *
 * @param loss the probability that a message is lost; 0 to 1
 * @param duplication the probability that a message comes twice; 0 to 1
 * @param minDelay the minimum time on the way; zero or more
 * @param maxDelay the maximum time on the way; not below {@code minDelay}
 * @param slowProbability the probability of an extra delay; 0 to 1
 * @param slowDelay the maximum of the extra delay; zero or more
 */
public record NetworkFaults(
        double loss,
        double duplication,
        Duration minDelay,
        Duration maxDelay,
        double slowProbability,
        Duration slowDelay) {
    private static final NetworkFaults NONE =
            new NetworkFaults(0, 0, Duration.ofNanos(200_000), Duration.ofNanos(200_000), 0, Duration.ZERO);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public NetworkFaults {
        requireProbability("loss", loss);
        requireProbability("duplication", duplication);
        requireProbability("slowProbability", slowProbability);
        if (minDelay.isNegative() || maxDelay.compareTo(minDelay) < 0 || slowDelay.isNegative()) {
            throw new IllegalArgumentException("delays must hold 0 <= minDelay (" + minDelay + ") <= maxDelay ("
                    + maxDelay + ") and 0 <= slowDelay (" + slowDelay + ")");
        }
    }

    /** No faults: every message comes once, after 0.2 ms, in order. */
    public static NetworkFaults none() {
        return NONE;
    }

    /**
     * A copy with another {@link #loss}.
     *
     * @param probability 0 to 1; 0 by default
     * @throws IllegalArgumentException if it is out of range
     */
    public NetworkFaults withLoss(double probability) {
        return new NetworkFaults(probability, duplication, minDelay, maxDelay, slowProbability, slowDelay);
    }

    /**
     * A copy with another {@link #duplication}.
     *
     * @param probability 0 to 1; 0 by default
     * @throws IllegalArgumentException if it is out of range
     */
    public NetworkFaults withDuplication(double probability) {
        return new NetworkFaults(loss, probability, minDelay, maxDelay, slowProbability, slowDelay);
    }

    /**
     * A copy with other delays, {@link #minDelay} to {@link #maxDelay}.
     *
     * @param shortest zero or more; 0.2 ms by default
     * @param longest not below {@code shortest}; 0.2 ms by default
     * @throws IllegalArgumentException if a delay is out of range
     */
    public NetworkFaults withDelay(Duration shortest, Duration longest) {
        return new NetworkFaults(loss, duplication, shortest, longest, slowProbability, slowDelay);
    }

    /**
     * A copy with another {@link #slowProbability} and {@link #slowDelay}.
     *
     * @param probability 0 to 1; 0 by default
     * @param atMost zero or more; zero by default
     * @throws IllegalArgumentException if a value is out of range
     */
    public NetworkFaults withSlow(double probability, Duration atMost) {
        return new NetworkFaults(loss, duplication, minDelay, maxDelay, probability, atMost);
    }

    /** Draws the time on the way of one copy of a message, in nanoseconds. */
    long drawDelayNanos(SimRandom random) {
        long delay = random.between(minDelay.toNanos(), maxDelay.toNanos());
        return random.chance(slowProbability) ? delay + random.between(0, slowDelay.toNanos()) : delay;
    }

    private static void requireProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " is not within 0 to 1");
        }
    }
}
