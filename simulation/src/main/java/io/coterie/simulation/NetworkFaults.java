package io.coterie.simulation;

import java.time.Duration;

/**
 * What a network does to each message, each copy of it drawn anew. Immutable; each {@code with}
 * method returns a changed copy.
 *
 * @param loss the probability that a message is lost; 0 to 1
 * @param duplication the probability that a message comes twice; 0 to 1
 * @param minDelay the shortest time on the way; zero or more
 * @param maxDelay the longest; not below the shortest. Any time between is equally likely, so that
 *     messages overtake each other where the two differ by more than the time between messages
 * @param slowProbability the probability that a message takes longer; 0 to 1
 * @param slowDelay how much longer at most; zero or more
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

    /** Checks the ranges. */
    public NetworkFaults {
        requireProbability("loss", loss);
        requireProbability("duplication", duplication);
        requireProbability("slowProbability", slowProbability);
        if (minDelay.isNegative() || maxDelay.compareTo(minDelay) < 0 || slowDelay.isNegative()) {
            throw new IllegalArgumentException("delays must hold 0 <= minDelay (" + minDelay + ") <= maxDelay ("
                    + maxDelay + ") and 0 <= slowDelay (" + slowDelay + ")");
        }
    }

    /** A perfect network: every message comes once, after 0.2 ms, in order. */
    public static NetworkFaults none() {
        return NONE;
    }

    /** The same with another {@link #loss}. */
    public NetworkFaults withLoss(double probability) {
        return new NetworkFaults(probability, duplication, minDelay, maxDelay, slowProbability, slowDelay);
    }

    /** The same with another {@link #duplication}. */
    public NetworkFaults withDuplication(double probability) {
        return new NetworkFaults(loss, probability, minDelay, maxDelay, slowProbability, slowDelay);
    }

    /** The same with other delays, {@link #minDelay} to {@link #maxDelay}. */
    public NetworkFaults withDelay(Duration shortest, Duration longest) {
        return new NetworkFaults(loss, duplication, shortest, longest, slowProbability, slowDelay);
    }

    /** The same with another {@link #slowProbability} and {@link #slowDelay}. */
    public NetworkFaults withSlow(double probability, Duration atMost) {
        return new NetworkFaults(loss, duplication, minDelay, maxDelay, probability, atMost);
    }

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
