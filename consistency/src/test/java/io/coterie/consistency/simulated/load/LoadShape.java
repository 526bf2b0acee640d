package io.coterie.consistency.simulated.load;

import io.coterie.simulation.SimRandom;
import java.time.Duration;

/**
 * What a storm is like, drawn from the seed.
 *
 * @param hot the share of operations that are on one key
 * @param hotCounter whether that is a counter
 * @param large the share of values that are large
 * @param largestValue in bytes
 * @param stormTimeout how long its callers wait
 * @param stormThought the longest pause of one of them between two operations
 * @param mostInFlight how many calls a node may have in flight to another
 * @param mostQueuedBytes how much may wait to leave on a link
 */
record LoadShape(
        double hot,
        boolean hotCounter,
        double large,
        int largestValue,
        Duration stormTimeout,
        Duration stormThought,
        int mostInFlight,
        int mostQueuedBytes) {
    /** The largest message; no value may be larger than half of it. */
    static final int MAX_PAYLOAD_BYTES = 64 << 10;

    static LoadShape draw(SimRandom random) {
        return new LoadShape(
                random.chance(0.3) ? 0.95 : 0.5 * random.nextDouble(),
                random.chance(0.4),
                random.chance(0.3) ? 0 : 0.2 * random.nextDouble(),
                MAX_PAYLOAD_BYTES / 2 - 1024,
                random.between(Duration.ofMillis(100), LoadClient.TIMEOUT),
                random.between(Duration.ofMillis(1), Duration.ofMillis(10)),
                random.chance(0.5) ? 10_000 : 2 + random.nextInt(20),
                MAX_PAYLOAD_BYTES * (random.chance(0.5) ? 100 : 1 + random.nextInt(8)));
    }
}
