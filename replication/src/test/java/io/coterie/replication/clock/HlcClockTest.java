package io.coterie.replication.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.rpc.spi.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HlcClockTest {
    private static final long MINUTE = 60_000;

    private long wallMillis = 100 * MINUTE;
    private final SplittableRandom random = new SplittableRandom(1);
    private final HlcClock clock = new HlcClock(
            new Clock() {
                @Override
                public long nanos() {
                    throw new AssertionError("timestamps have no use for the steady clock");
                }

                @Override
                public long wallMillis() {
                    return wallMillis;
                }
            },
            random::nextLong,
            1);

    @Test
    void aTimestampIsAboveAllThatAreAheadByUpToAMinute() {
        HlcTimestamp shown = timestamp(101 * MINUTE);
        assertTrue(clock.observe(shown));
        assertTrue(clock.next().isAbove(shown));
    }

    @Test
    void aTimestampFurtherAheadMovesNothing() {
        assertFalse(clock.observe(timestamp(101 * MINUTE + 1)));
        assertFalse(clock.observe(new HlcTimestamp(Long.MAX_VALUE, 1)));
        assertFalse(clock.observe(new HlcTimestamp(-1, 1)));
        assertEquals(new HlcTimestamp(wallMillis << 16, 1), clock.next());
    }

    @Test
    void aTimestampFurtherAheadIsOlderThanAllOthers() {
        HlcTimestamp future = timestamp(102 * MINUTE);
        HlcTimestamp old = timestamp(1);
        assertTrue(clock.isLater(old, future));
        assertFalse(clock.isLater(future, old));
        assertTrue(clock.isLater(future, HlcTimestamp.NONE));
        assertFalse(clock.isLater(HlcTimestamp.NONE, future));
        assertTrue(clock.isLater(timestamp(103 * MINUTE), future));
        wallMillis += 2 * MINUTE;
        assertTrue(clock.isLater(future, old));
    }

    @Test
    void aClockThatIsSetBackByLessThanAMinuteContinuesToRise() {
        HlcTimestamp before = clock.next();
        wallMillis -= MINUTE;
        assertTrue(clock.next().isAbove(before));
    }

    @Test
    void aClockThatIsSetBackByMoreFollows() {
        wallMillis += 60 * MINUTE;
        clock.next();
        wallMillis -= 60 * MINUTE;
        HlcTimestamp now = clock.next();
        assertEquals(wallMillis, HybridClock.millis(now.time()));
        assertNotEquals(1, now.writer());
    }

    @Test
    void noTwoTimestampsAreTheSameHoweverTheClockIsSet() {
        Set<HlcTimestamp> given = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            if (i % 10 == 0) {
                wallMillis = (100 + random.nextInt(4)) * MINUTE;
            }
            HlcTimestamp next = clock.next();
            assertTrue(given.add(next), () -> next + " twice");
            assertTrue(clock.trusts(next), () -> next + " would be refused");
        }
    }

    private static HlcTimestamp timestamp(long millis) {
        return new HlcTimestamp(millis << 16, 7);
    }
}
