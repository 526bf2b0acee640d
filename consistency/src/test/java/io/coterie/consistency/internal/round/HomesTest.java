package io.coterie.consistency.internal.round;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class HomesTest {
    private static final NodeId HOME = NodeId.of("a");
    private static final RecordKey KEY = new RecordKey(1, new byte[] {1});
    private static final long SECOND = 1_000_000_000;

    private long now = 5 * SECOND;
    private boolean down;
    private final Homes homes = new Homes(
            new Clock() {
                @Override
                public long nanos() {
                    return now;
                }

                @Override
                public long wallMillis() {
                    return 0;
                }
            },
            List.of(HOME),
            replica -> down);

    @Test
    void allThatOneSilenceDelaysCountsOnce() {
        long began = now;
        now += SECOND;
        for (int inFlight = 0; inFlight < 100; inFlight++) {
            homes.avoid(HOME, began + inFlight, SECOND);
        }
        assertEquals(SECOND, avoidedFor());
        homes.avoid(HOME, began, SECOND);
        assertEquals(0, avoidedFor(), "it was sent before the home was passed over");
    }

    @Test
    void aHomeThatIsSilentAgainIsPassedOverForTwiceAsLong() {
        for (int times = 1; times <= 16; times *= 2) {
            homes.avoid(HOME, now, SECOND);
            assertEquals(times * SECOND, avoidedFor());
        }
        homes.avoid(HOME, now, SECOND);
        assertEquals(16 * SECOND, avoidedFor());
        homes.avoid(HOME, now, SECOND);
        homes.answered(HOME);
        assertEquals(0, avoidedFor());
        homes.avoid(HOME, now, SECOND);
        assertEquals(SECOND, avoidedFor());
    }

    @Test
    void aReplicaThatIsDownIsNoHomeUntilItIsUpAgain() {
        assertEquals(HOME, homes.of(KEY));
        down = true;
        assertNull(homes.of(KEY));
        down = false;
        assertEquals(HOME, homes.of(KEY));
    }

    @Test
    void aSilentHomeIsAskedAgainOnceItAnswersAnything() {
        homes.avoidUntilHeard(HOME, now, SECOND);
        assertNull(homes.of(KEY));
        homes.heard(HOME);
        assertEquals(HOME, homes.of(KEY));
        homes.avoidUntilHeard(HOME, now, SECOND);
        assertEquals(SECOND, avoidedFor(), "it has answered since it was passed over first");
    }

    @Test
    void aStalledHomeIsPassedOverThoughItAnswers() {
        homes.avoid(HOME, now, SECOND);
        homes.heard(HOME);
        assertEquals(SECOND, avoidedFor());
    }

    @Test
    void aLongerTimeStartsAtTwiceTheLastShortOne() {
        for (int times = 0; times < 5; times++) {
            homes.avoid(HOME, now, SECOND / 10);
            avoidedFor();
        }
        homes.avoid(HOME, now, SECOND / 10);
        assertEquals(16 * SECOND / 10, avoidedFor());
        homes.avoid(HOME, now, SECOND);
        assertEquals(32 * SECOND / 10, avoidedFor());
    }

    /** In nanoseconds; it is over then. */
    private long avoidedFor() {
        long from = now;
        while (homes.of(KEY) == null) {
            now += SECOND / 10;
        }
        return now - from;
    }
}
