package io.coterie.replication.internal.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HybridClock;
import io.coterie.replication.internal.tables.RecoveredBallots;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BallotBoundTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long START = 1_735_689_600_000L;
    private static final long NEAR_MAX = Long.MAX_VALUE - 10;

    private long wallMillis = START;
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return wallMillis;
        }
    };
    private final ClusterTime time = new ClusterTime(clock);
    private final BallotBound bound = new BallotBound(time, 0);

    @Test
    void aBallotMayBeADayAheadAndNoMore() {
        assertTrue(bound.isWithin(HybridClock.reading(START + DAY)));
        assertFalse(bound.isWithin(HybridClock.reading(START + DAY + 1)));
        assertFalse(bound.isWithin(Long.MAX_VALUE));
        wallMillis++;
        assertTrue(bound.isWithin(HybridClock.reading(START + DAY + 1)));
    }

    @Test
    void aClusterWhoseClocksAreSetBackContinues() {
        assertTrue(bound.isWithin(HybridClock.reading(START)));
        wallMillis = START - 1_000 * DAY;
        assertTrue(bound.isWithin(HybridClock.reading(START) + 1_000_000));
    }

    @Test
    void aFarPromiseCountsForItsOwnKeyAlone() {
        long promised = HybridClock.reading(START + 1_000 * DAY);
        assertTrue(bound.takes(promised + 2, promised));
        assertFalse(bound.takes(promised + BallotClock.STEP + 1, promised));
        assertFalse(bound.takes(promised + 2, 0));
        assertFalse(bound.takes(NEAR_MAX, 0));
        assertTrue(bound.takes(NEAR_MAX, Long.MAX_VALUE), "it is refused for the higher promise");
        assertTrue(bound.takes(Long.MAX_VALUE, NEAR_MAX));
    }

    @Test
    void aFewRecoveredBallotsFarAheadCountForTheirKeysAlone() {
        RecoveredBallots recovered = recovered(10, HybridClock.reading(START), 5, NEAR_MAX);
        assertFalse(recovered.areOfCluster());
        assertEquals(5, recovered.ahead());
        assertEquals(HybridClock.millis(NEAR_MAX) - START, recovered.highestLeadMillis());
        assertEquals(0, recovered.bound());
    }

    @Test
    void ballotsThatNoClockCanReachProveNothingAboutClocks() {
        RecoveredBallots recovered = recovered(10, NEAR_MAX, 5, HybridClock.reading(START));
        assertFalse(recovered.areOfCluster());
        assertEquals(10, recovered.ahead());
        assertEquals(0, recovered.bound());
    }

    @Test
    void mostRecoveredBallotsAheadMeanThatClocksWereSetBack() {
        long far = HybridClock.reading(START + 1_000 * DAY);
        RecoveredBallots recovered = recovered(10, far, 5, NEAR_MAX);
        assertTrue(recovered.areOfCluster());
        assertEquals(1_000 * DAY, recovered.clusterLeadMillis());
        assertEquals(5, recovered.ahead(), "these are still to be reported");
        BallotBound continued = new BallotBound(time, recovered.bound());
        assertTrue(continued.isWithin(far + HybridClock.reading(DAY)));
        assertFalse(continued.isWithin(far + HybridClock.reading(DAY + 1)));
    }

    private RecoveredBallots recovered(int many, long counter, int few, long another) {
        RecoveredBallots recovered = new RecoveredBallots(clock);
        for (int i = 0; i < many; i++) {
            recovered.add(counter);
        }
        for (int i = 0; i < few; i++) {
            recovered.add(another);
        }
        return recovered;
    }
}
