package io.coterie.replication.internal.change;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeProgressTest {
    private static ChangeProgress afterTenSeconds(long keysInAll, long keysDone) {
        return ChangeProgress.after(Duration.ofSeconds(10).toNanos(), 2, keysInAll, keysDone, 500);
    }

    @Test
    void theTimeLeftIsThatOfTheOtherKeysAtTheSameSpeed() {
        assertEquals(
                Optional.of(Duration.ofSeconds(30)), afterTenSeconds(400, 100).timeLeft());
        assertEquals(
                "100 of about 400 keys so far, 500 bytes sent, about 30 s left",
                afterTenSeconds(400, 100).toString());
    }

    @Test
    void nobodyKnowsTheTimeLeftBeforeTheFirstKey() {
        assertEquals(Optional.empty(), afterTenSeconds(400, 0).timeLeft());
    }

    /** A key that is new is done, and was not counted. */
    @Test
    void noTimeIsLeftWhenMoreIsDoneThanWasThere() {
        assertEquals(Optional.of(Duration.ZERO), afterTenSeconds(400, 401).timeLeft());
    }
}
