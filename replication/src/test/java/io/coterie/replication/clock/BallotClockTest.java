package io.coterie.replication.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BallotClockTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long START = 1_735_689_600_000L;

    private long wallMillis = START;
    private long nanos;
    private final SplittableRandom random = new SplittableRandom(1);
    private final ClusterTime time = new ClusterTime(new Clock() {
        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            return wallMillis;
        }
    });
    private final BallotClock clock = new BallotClock(time, random::nextLong, 1);

    @Test
    void readingsRiseWhileTheWallClockStandsStill() {
        long first = clock.nextReading();
        assertTrue(clock.nextReading() > first);
        assertEquals(START, HybridClock.millis(first));
    }

    @Test
    void readingsRiseWhenTheWallClockGoesBack() {
        Ballot first = clock.next();
        wallMillis = 10;
        assertTrue(clock.next().isAbove(first));
    }

    @Test
    void readingsFollowTheWallClock() {
        clock.next();
        wallMillis += 2_000;
        assertEquals(wallMillis, HybridClock.millis(clock.nextReading()));
    }

    @Test
    void aReadingIsAboveAllThatAreAheadByUpToADay() {
        long ahead = HybridClock.reading(START + DAY);
        assertTrue(clock.observe(ahead));
        assertTrue(clock.nextReading() > ahead);
    }

    @Test
    void aReadingFurtherAheadMovesNothing() {
        for (long shown : new long[] {HybridClock.reading(START + DAY + 1), Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            assertFalse(clock.observe(shown));
        }
        assertEquals(new Ballot(HybridClock.reading(START), 1), clock.next());
    }

    @Test
    void aBallotAboveOneTooFarAheadIsUniqueAndMovesNoClock() {
        Ballot shown = new Ballot(HybridClock.reading(START + 2 * DAY), 7);
        Set<Ballot> made = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Ballot above = clock.nextAbove(shown);
            assertTrue(above.isAbove(shown));
            assertTrue(made.add(above));
        }
        assertEquals(START, HybridClock.millis(clock.nextReading()));
    }

    @Test
    void noCounterOverflows() {
        assertEquals(
                Long.MAX_VALUE, clock.nextAbove(new Ballot(Long.MAX_VALUE, 7)).counter());
        assertEquals(
                Long.MAX_VALUE,
                clock.nextAbove(new Ballot(Long.MAX_VALUE - 1, 7)).counter());
    }

    @Test
    void aClockThatWasSetRightStartsOverAsAnother() {
        wallMillis = START + 100 * DAY;
        long wild = clock.nextReading();
        assertFalse(clock.startOver(), "as far as it knows, the wall clock is right");
        wallMillis = START;
        assertTrue(clock.startOver());
        Ballot next = clock.next();
        assertEquals(START, HybridClock.millis(next.counter()));
        assertNotEquals(1, next.proposer());
        assertTrue(wild > next.counter());
    }

    @Test
    void theTimeOfMostReplicasReplacesADifferentWallClock() {
        wallMillis = START + 100 * DAY;
        time.compared(-100 * DAY);
        assertEquals(START, HybridClock.millis(clock.nextReading()));
        nanos = Duration.ofMinutes(5).toNanos();
        wallMillis = START - DAY;
        assertEquals(START + 300_000, HybridClock.millis(clock.nextReading()));
        time.compared(0);
        wallMillis = START + 400_000;
        assertEquals(START + 400_000, HybridClock.millis(clock.nextReading()));
    }
}
