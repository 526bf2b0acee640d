package io.coterie.consistency.internal.rules;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.replication.spi.Ballot;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedPromiseTest {
    private static final Ballot MADE = new Ballot(100, 1);

    @Test
    void aPromiseForADeletedKeyIsOfUseForAShortTimeOnly() {
        CachedPromise deleted = new CachedPromise(MADE, RegisterState.ABSENT);
        assertFalse(deleted.mayBeForgotten(0));
        assertFalse(deleted.mayBeForgotten(250));
        assertTrue(deleted.mayBeForgotten(1_000));
    }

    @Test
    void aPromiseForADeletedKeyIsOfNoUseIfNobodyKnowsHowOldItIs() {
        assertTrue(new CachedPromise(MADE, RegisterState.ABSENT).mayBeForgotten(-1));
    }

    @Test
    void aPromiseForAValueIsOfUseForGood() {
        RegisterState state = RegisterState.ABSENT.after(new byte[1], MADE, List.of());
        assertFalse(new CachedPromise(MADE, state).mayBeForgotten(1_000_000));
        assertFalse(new CachedPromise(MADE, state).mayBeForgotten(-1_000_000));
    }
}
