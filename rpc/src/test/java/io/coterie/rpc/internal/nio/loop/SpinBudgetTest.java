package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpinBudgetTest {
    private static final long LONGEST = 100_000;

    private final SpinBudget spin = new SpinBudget(LONGEST);

    @Test
    void eachVainSpinHalvesTheNextDownToNothing() {
        long total = 0;
        for (int i = 0; i < 20; i++) {
            total += spin.nanos();
            spin.vain(spin.nanos());
        }

        assertEquals(0, spin.nanos());
        assertTrue(total > LONGEST && total < 2 * LONGEST, total + " ns");
    }

    @Test
    void oneThatATimerCutShortCountsForWhatItWas() {
        spin.vain(LONGEST / 4);
        assertEquals(LONGEST * 3 / 4, spin.nanos(), "the rest of it");

        spin.vain(LONGEST * 3 / 4);
        assertEquals(LONGEST / 2, spin.nanos());
    }

    @Test
    void oneThatPaysRestoresTheLongest() {
        spin.vain(spin.nanos());
        spin.vain(spin.nanos());

        spin.paid();

        assertEquals(LONGEST, spin.nanos());
    }

    @Test
    void workSoonAfterTheSleepBeganRestoresTheLongestAndLateWorkDoesNot() {
        for (int i = 0; i < 20; i++) {
            spin.vain(spin.nanos());
        }

        spin.woken(LONGEST);
        assertEquals(0, spin.nanos());

        spin.woken(LONGEST - 1);
        assertEquals(LONGEST, spin.nanos());
    }

    @Test
    void aLoopThatNeverPollsStaysSo() {
        SpinBudget none = new SpinBudget(0);
        assertEquals(0, none.nanos());

        none.woken(0);

        assertEquals(0, none.nanos());
    }
}
