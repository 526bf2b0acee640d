package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ResultTest {
    private static final byte[] BYTES = {7, 8, 9};

    @Test
    void theValueIsWhatTheBytesEndIn() {
        assertArrayEquals(new byte[] {8, 9}, new Result(true, BYTES, 1).value());
        assertArrayEquals(new byte[0], new Result(true, BYTES, 3).value());
        assertArrayEquals(BYTES, new Result(true, BYTES).value());
        assertNull(Result.APPLIED.value());
    }

    @Test
    void aValueBeginsWithinItsBytes() {
        assertThrows(IllegalArgumentException.class, () -> new Result(true, BYTES, 4));
        assertThrows(IllegalArgumentException.class, () -> new Result(true, BYTES, -1));
        assertThrows(IllegalArgumentException.class, () -> new Result(true, null, 1));
    }
}
