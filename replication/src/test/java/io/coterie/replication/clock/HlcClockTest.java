package io.coterie.replication.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Stamp;
import io.coterie.rpc.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StampClockTest {
    private static final long MINUTE = 60_000;

    private long wallMillis = 100 * MINUTE;
    private final SplittableRandom random = new SplittableRandom(1);
    private final StampClock clock = new StampClock(
            new Clock() {
                @Override
                public long nanos() {
                    throw new AssertionError("stamps have no use for the steady clock");
                }

                @Override
                public long wallMillis() {
                    return wallMillis;
                }
            },
            random::nextLong,
            1);

    @Test
    void aStampIsAboveAllThatAreAheadByUpToAMinute() {
        Stamp shown = stamp(101 * MINUTE);
        assertTrue(clock.observe(shown));
        assertTrue(clock.next().isAbove(shown));
    }

    @Test
    void aStampFurtherAheadMovesNothing() {
        assertFalse(clock.observe(stamp(101 * MINUTE + 1)));
        assertFalse(clock.observe(new Stamp(Long.MAX_VALUE, 1)));
        assertFalse(clock.observe(new Stamp(-1, 1)));
        assertEquals(new Stamp(wallMillis << 16, 1), clock.next());
    }

    @Test
    void aStampFurtherAheadIsOlderThanAllOthers() {
        Stamp future = stamp(102 * MINUTE);
        Stamp old = stamp(1);
        assertTrue(clock.isLater(old, future));
        assertFalse(clock.isLater(future, old));
        assertTrue(clock.isLater(future, Stamp.NONE));
        assertFalse(clock.isLater(Stamp.NONE, future));
        assertTrue(clock.isLater(stamp(103 * MINUTE), future));
        wallMillis += 2 * MINUTE;
        assertTrue(clock.isLater(future, old));
    }

    @Test
    void aClockThatIsSetBackByLessThanAMinuteGoesOnRising() {
        Stamp before = clock.next();
        wallMillis -= MINUTE;
        assertTrue(clock.next().isAbove(before));
    }

    @Test
    void aClockThatIsSetBackByMoreFollows() {
        wallMillis += 60 * MINUTE;
        clock.next();
        wallMillis -= 60 * MINUTE;
        Stamp now = clock.next();
        assertEquals(wallMillis, HybridClock.millis(now.time()));
        assertNotEquals(1, now.writer());
    }

    @Test
    void noTwoStampsAreTheSameHoweverTheClockIsSet() {
        Set<Stamp> given = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            if (i % 10 == 0) {
                wallMillis = (100 + random.nextInt(4)) * MINUTE;
            }
            Stamp next = clock.next();
            assertTrue(given.add(next), () -> next + " twice");
            assertTrue(clock.trusts(next), () -> next + " would be refused");
        }
    }

    private static Stamp stamp(long millis) {
        return new Stamp(millis << 16, 7);
    }
}
