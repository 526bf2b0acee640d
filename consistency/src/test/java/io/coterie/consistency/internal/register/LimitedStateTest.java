package io.coterie.consistency.internal.register;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Ballot;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitedStateTest {
    private static final Ballot LIMIT = new Ballot(100, 3);
    private static final Ballot END = new Ballot(Long.MAX_VALUE, 5);
    private static final byte[] VALUE = {4, 5, 6};

    @Test
    void nothingIsAboveTheBallotAndTheValueStays() {
        List<BatchOutcome> outcomes =
                List.of(BatchOutcome.ofOwn(1, 100, 1), BatchOutcome.ofOwn(2, 101, 1), BatchOutcome.ofOwn(3, 7, 2));
        for (byte[] value : new byte[][] {VALUE, null}) {
            byte[] far =
                    RegisterState.of(value, END, END, Long.MAX_VALUE, outcomes).bytes();
            assertFalse(RegisterState.isState(far, LIMIT));
            RegisterState limited = RegisterState.decode(LimitedState.of(far, LIMIT));
            assertTrue(RegisterState.isState(limited.bytes(), LIMIT));
            assertArrayEquals(value, limited.value());
            assertEquals(LIMIT, limited.version());
            assertEquals(Ballot.NONE, limited.parent());
            assertEquals(100, limited.horizon());
            assertEquals(
                    List.of(1L, 3L),
                    limited.outcomes().stream().map(BatchOutcome::origin).toList());
            assertEquals(100, limited.highestTimestamp());
            byte[] next = limited.after(VALUE, new Ballot(101, 1), List.of(BatchOutcome.ofOwn(9, 101, 1)))
                    .bytes();
            assertTrue(RegisterState.isState(next, new Ballot(101, 1)), "a change of it is refused");
        }
    }

    @Test
    void aStateWithinTheBallotIsLeftAsItIs() {
        Ballot parent = new Ballot(20, 1);
        Ballot version = new Ballot(30, 2);
        byte[] sane = RegisterState.of(VALUE, version, parent, 10, List.of(BatchOutcome.ofOwn(1, 25, 1)))
                .bytes();
        assertSame(sane, LimitedState.of(sane, LIMIT));
    }

    @Test
    void whatIsNoStateIsLeftAsItIs() {
        byte[] none = {7, 7};
        assertSame(none, LimitedState.of(none, LIMIT));
    }
}
