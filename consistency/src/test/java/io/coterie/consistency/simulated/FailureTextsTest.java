package io.coterie.consistency.simulated;

import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.load.DistantLoad;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Each failure of clusters under faults and contention is consistent: its reason agrees with what
 * it lists of the replicas.
 */
class FailureTextsTest {
    private static final int SEEDS = 80;
    private static final int SCAN_SEEDS = 20;
    private static final int CONTENDED_SEEDS = 4;
    private static final int EVENTUAL_SEEDS = 100;
    private static final int OPENING_SEEDS = 50;

    @BeforeEach
    void forget() {
        FailureTexts.clear();
    }

    @Test
    void noFailureOfAnOperationContradictsItself() {
        LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .forEach(seed -> new SimulatedRun(seed, SimulatedCluster.Variant.CORRECT));
        FailureTexts.check(
                "met no majority in time", "was refused until its time was over: other nodes changed its key first");
    }

    @Test
    void noFailureOfAScanContradictsItself() {
        LongStream.rangeClosed(1, SCAN_SEEDS)
                .parallel()
                .forEach(seed -> new ScanRun(seed, SimulatedCluster.Variant.CORRECT));
        FailureTexts.check("met no majority in time");
    }

    @Test
    void noFailureOfAnEventualStoreContradictsItself() {
        LongStream.rangeClosed(1, EVENTUAL_SEEDS).parallel().forEach(seed -> new EventualRun(seed).check());
        FailureTexts.check(
                "was answered by no replica in time",
                "was refused by all replicas",
                "was not sent, as this node's clock is");
    }

    @Test
    void noFailureOfAnOpeningContradictsItself() {
        LongStream.rangeClosed(1, OPENING_SEEDS).parallel().forEach(seed -> {
            new OpeningRun(seed, SimulatedCluster.Variant.CORRECT);
            new OpeningRun(seed, SimulatedCluster.Variant.EVENTUAL);
        });
        FailureTexts.check(
                "is recorded by 0 of the 2 replicas needed",
                "is recorded by 2 of the 3 replicas needed",
                "is recorded by 0 of the 1 replica needed",
                "is recorded by 1 replica, but not all others");
    }

    /** Nobody is away there: callers have too little time. */
    @Test
    void noFailureOfAContendedKeyContradictsItself() {
        for (long seed = 1; seed <= CONTENDED_SEEDS; seed++) {
            new DistantLoad(seed, Duration.ofMillis(100), 60, false).within(3.3).run();
        }
        FailureTexts.check(
                "by the home of its key",
                "behind others on its key, whose round",
                "other nodes had changed its key first");
    }
}
