package io.coterie.consistency.internal.register;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Layouts;
import io.coterie.replication.spi.Ballot;
import java.nio.BufferUnderflowException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What replicas keep for a key of a strong store outlives the version that wrote it. */
class RegisterStateLayoutTest {
    private static final Ballot VERSION = new Ballot(3, 4);
    private static final String VERSION_BYTES = "0000000000000003" + "0000000000000004";
    private static final Ballot PARENT = new Ballot(1, 2);
    private static final String PARENT_BYTES = "0000000000000001" + "0000000000000002";
    private static final String HORIZON = "0000000000000005";

    /** Of the origin 6, with the timestamp 7, applied by its own attempt 8. */
    private static final String OWN = "0000000000000006" + "0000000000000007" + "00000008";

    /**
     * Of the origin 9, with the timestamp 10, applied by another node: no attempt, and results of
     * two bytes.
     */
    private static final String FORWARDED = "0000000000000009" + "000000000000000a" + "ffffffff" + "00000002" + "0100";

    private static final byte[] VALUE = {(byte) 0xAB, (byte) 0xCD};

    @Test
    void aValueWithTheOutcomesOfBatches() {
        List<BatchOutcome> outcomes =
                List.of(BatchOutcome.ofOwn(6, 7, 8), BatchOutcome.ofForwarded(9, 10, new byte[] {1, 0}));
        String bytes = "01" + VERSION_BYTES + PARENT_BYTES + HORIZON + "02" + OWN + FORWARDED + "abcd";

        RegisterState state = RegisterState.of(VALUE, VERSION, PARENT, 5, outcomes);
        assertEquals(bytes, Layouts.hex(state.bytes()));
        RegisterState read = RegisterState.decode(Layouts.bytes(bytes));
        assertArrayEquals(VALUE, read.value());
        assertEquals(List.of(VERSION, PARENT), List.of(read.version(), read.parent()));
        assertEquals(5, read.horizon());
        assertEquals(
                List.of(OWN, FORWARDED),
                read.outcomes().stream()
                        .map(outcome -> Layouts.hex(outcome.encode()))
                        .toList());
        assertEquals(9, read.outcomes().get(1).origin());
        assertEquals(10, read.outcomes().get(1).timestamp());
        assertArrayEquals(VALUE, RegisterState.read(Layouts.bytes(bytes)).value());
    }

    @Test
    void aDeletedKeyIsAllButTheValueAndClosed() {
        String bytes = "00" + VERSION_BYTES + PARENT_BYTES + HORIZON + "01" + OWN;

        RegisterState state = RegisterState.of(null, VERSION, PARENT, 5, List.of(BatchOutcome.ofOwn(6, 7, 8)));
        assertEquals(bytes, Layouts.hex(state.bytes()));
        assertTrue(RegisterState.decode(Layouts.bytes(bytes)).isTombstone());
        assertEquals(6, RegisterState.decode(Layouts.bytes(bytes)).onlyOrigin());
        assertEquals(7, RegisterState.decode(Layouts.bytes(bytes)).onlyTimestamp());
        assertThrows(BufferUnderflowException.class, () -> RegisterState.decode(Layouts.bytes(bytes + "00")));
    }

    @Test
    void aKeyThatWasNeverWritten() {
        assertEquals("00" + "00".repeat(40) + "00", Layouts.hex(RegisterState.ABSENT.bytes()));
        assertEquals(
                "00" + "00".repeat(32) + HORIZON + "00",
                Layouts.hex(RegisterState.absent(5).bytes()));
    }

    @Test
    void noOtherKindIsAState() {
        for (String kind : List.of("02", "7f", "ff")) {
            assertFalse(RegisterState.isState(Layouts.bytes(kind + "00".repeat(41))));
        }
    }
}
