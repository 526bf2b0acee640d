package io.coterie.rpc.internal.util;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BufferUseTest {
    private final BufferUse use = new BufferUse();

    @Test
    void whatNeverGrewNeverShrinks() {
        note(1000, 1 << 16);

        assertFalse(use.shrinks());
    }

    @Test
    void aHundredSmallUsesAfterALargeOneShrinkItOnce() {
        use.note((1 << 16) + 1);
        note(99, 10);
        assertFalse(use.shrinks());

        use.note(10);

        assertTrue(use.shrinks());
        assertFalse(use.shrinks());
    }

    @Test
    void aLargeUseBeginsTheCountAgain() {
        use.note(1 << 20);
        note(99, 10);
        use.note(1 << 20);
        note(99, 10);

        assertFalse(use.shrinks());
    }

    private void note(int times, int bytes) {
        for (int i = 0; i < times; i++) {
            use.note(bytes);
        }
    }
}
