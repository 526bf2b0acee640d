package io.coterie.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Clock;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private long wallMillis = 1_000;
    private final HybridClock clock = new HybridClock(new Clock() {
        @Override
        public long nanos() {
            throw new AssertionError("a hybrid clock has no use for the monotonic one");
        }

        @Override
        public long wallMillis() {
            return wallMillis;
        }
    });

    @Test
    void readingsRiseWhileTheWallClockStandsStill() {
        long first = clock.next();
        assertTrue(clock.next() > first);
        assertEquals(1_000, HybridClock.millis(first));
    }

    @Test
    void readingsRiseWhenTheWallClockGoesBack() {
        long first = clock.next();
        wallMillis = 10;
        assertTrue(clock.next() > first);
    }

    @Test
    void readingsFollowTheWallClock() {
        clock.next();
        wallMillis = 2_000;
        assertEquals(2_000, HybridClock.millis(clock.next()));
    }

    @Test
    void aReadingIsAboveAllThatWereObserved() {
        long ahead = 5_000L << 16;
        clock.observe(ahead);
        assertTrue(clock.next() > ahead);
    }
}
