package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Ballot;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldTest {
    private static final long SECOND = 1000L << 16;
    private static final Ballot MADE = new Ballot(100 * SECOND, 1);

    @Test
    void aPromiseForADeletedKeyIsOfUseForAShortTimeOnly() {
        Held deleted = new Held(MADE, RegisterState.ABSENT);
        assertFalse(deleted.mayBeForgotten(new Ballot(MADE.counter() + SECOND / 4, 1)));
        assertTrue(deleted.mayBeForgotten(new Ballot(MADE.counter() + SECOND, 1)));
    }

    @Test
    void aPromiseForAValueIsOfUseForGood() {
        RegisterState state = RegisterState.ABSENT.after(new byte[1], MADE, List.of());
        assertFalse(new Held(MADE, state).mayBeForgotten(new Ballot(MADE.counter() + 1000 * SECOND, 1)));
    }
}
