package io.coterie.consistency.internal.register;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.spi.Ballot;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RegisterStateTest {
    private static final byte[] VALUE = {1, 2, 3};
    private static final int ATTEMPT = 7;
    private static final Ballot BALLOT = new Ballot(3, 4);

    @Test
    void theLastBatchOfEachOriginIsRemembered() {
        RegisterState state = RegisterState.ABSENT
                .after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(1, 10, ATTEMPT)))
                .after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(2, 11, ATTEMPT)))
                .after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(1, 12, ATTEMPT)));
        assertNull(state.outcomeOf(1, 10));
        assertNotNull(state.outcomeOf(2, 11));
        assertNotNull(state.outcomeOf(1, 12));
        assertEquals(0, state.horizon());
    }

    @Test
    void whatFallsOffTheListRaisesTheHorizonToItsTimestamp() {
        RegisterState state = RegisterState.ABSENT;
        for (int origin = 0; origin < RegisterState.MAX_ORIGINS + 3; origin++) {
            state = state.after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(origin, 100 + origin, ATTEMPT)));
        }
        assertEquals(RegisterState.MAX_ORIGINS, state.outcomes().size());
        assertEquals(102, state.horizon());
        assertNull(state.outcomeOf(2, 102));
        assertNotNull(state.outcomeOf(3, 103));
    }

    @Test
    void theOldestTimestampFallsOffWhateverTheOrder() {
        RegisterState state = RegisterState.ABSENT;
        for (int origin = 0; origin < RegisterState.MAX_ORIGINS; origin++) {
            state = state.after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(origin, 1_000 - origin, ATTEMPT)));
        }
        state = state.after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(99, 5_000, ATTEMPT)));
        assertEquals(1_000 - (RegisterState.MAX_ORIGINS - 1), state.horizon());
        assertNotNull(state.outcomeOf(0, 1_000));
    }

    @Test
    void whatEndsTooEarlyIsNoState() {
        List<BatchOutcome> outcomes =
                List.of(BatchOutcome.ofForwarded(1, 2, new byte[] {1, 2, 3}), BatchOutcome.ofOwn(4, 5, ATTEMPT));
        byte[] deleted = RegisterState.of(null, BALLOT, BALLOT, 1, outcomes).bytes();
        for (int length = 0; length < deleted.length; length++) {
            byte[] cut = Arrays.copyOf(deleted, length);
            assertThrows(BufferUnderflowException.class, () -> RegisterState.decode(cut), length + " bytes");
            byte[] outcome = Arrays.copyOf(
                    outcomes.get(0).encode(), Math.min(length, outcomes.get(0).length() - 1));
            assertThrows(BufferUnderflowException.class, () -> BatchOutcome.decode(outcome));
        }
        byte[] longer = Arrays.copyOf(deleted, deleted.length + 1);
        assertThrows(BufferUnderflowException.class, () -> RegisterState.decode(longer));
    }

    @Test
    void aStateReadsBackAsItWasWritten() {
        RegisterState state = RegisterState.ABSENT.after(VALUE, BALLOT, List.of(BatchOutcome.ofOwn(4, 5, ATTEMPT)));
        RegisterState read = RegisterState.decode(state.bytes());
        assertArrayEquals(VALUE, read.value());
        assertEquals(ATTEMPT, Objects.requireNonNull(read.outcomeOf(4, 5)).attempt());
        assertEquals(BALLOT, read.version());
        RegisterState deleted = state.after(null, BALLOT, List.of(BatchOutcome.ofOwn(4, 6, ATTEMPT)));
        assertNull(RegisterState.decode(deleted.bytes()).value());
    }
}
