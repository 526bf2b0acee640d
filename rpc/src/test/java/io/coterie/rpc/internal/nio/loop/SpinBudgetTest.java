package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpinBudgetTest {
    private static final long MAX = 100_000;

    private final SpinBudget spin = new SpinBudget(MAX);

    @Test
    void eachVainSpinHalvesTheNextDownToNothing() {
        long total = 0;
        for (int i = 0; i < 20; i++) {
            total += spin.nanos();
            spin.vain(spin.nanos());
        }

        assertEquals(0, spin.nanos());
        assertTrue(total > MAX && total < 2 * MAX, total + " ns");
    }

    @Test
    void oneThatATimerCutShortCountsForWhatItWas() {
        spin.vain(MAX / 4);
        assertEquals(MAX * 3 / 4, spin.nanos(), "the rest of it");

        spin.vain(MAX * 3 / 4);
        assertEquals(MAX / 2, spin.nanos());
    }

    @Test
    void oneThatPaysRestoresTheLongest() {
        spin.vain(spin.nanos());
        spin.vain(spin.nanos());

        spin.paid();

        assertEquals(MAX, spin.nanos());
    }

    @Test
    void workSoonAfterTheSleepBeganRestoresTheLongestAndLateWorkDoesNot() {
        for (int i = 0; i < 20; i++) {
            spin.vain(spin.nanos());
        }

        spin.woken(MAX);
        assertEquals(0, spin.nanos());

        spin.woken(MAX - 1);
        assertEquals(MAX, spin.nanos());
    }

    @Test
    void aLoopThatNeverPollsStaysSo() {
        SpinBudget none = new SpinBudget(0);
        assertEquals(0, none.nanos());

        none.woken(0);

        assertEquals(0, none.nanos());
    }
}
