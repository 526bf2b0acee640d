package io.coterie.consistency.simulated;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Eventual stores are written under faults at all nodes, and agree once links have healed and each
 * key was read.
 */
class EventualSimulationTest {
    private static final int SEEDS = 100;

    @Test
    void replicasConvergeOnceHealedAndRead() {
        LongStream.rangeClosed(1, SEEDS).parallel().forEach(seed -> new EventualRun(seed).check());
    }
}
