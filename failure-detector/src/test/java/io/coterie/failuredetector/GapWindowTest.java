package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GapWindowTest {
    @Test
    void meanAndDeviationAreThoseOfTheLastGapsOnly() {
        GapWindow window = new GapWindow(50);
        Deque<Long> naive = new ArrayDeque<>();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long gap = random.nextInt(2_000_000);
            window.add(gap);
            naive.addLast(gap);
            if (naive.size() > 50) {
                naive.removeFirst();
            }
            double mean = naive.stream().mapToLong(Long::longValue).average().orElseThrow();
            double variance =
                    naive.stream().mapToDouble(g -> (g - mean) * (g - mean)).sum() / naive.size();
            assertEquals(naive.size(), window.size());
            assertEquals(mean, window.mean(), 1e-3);
            assertEquals(Math.sqrt(variance), window.deviation(), 1e-3);
        }
    }

    @Test
    void theLongestGapsInTheLargestWindowDoNotOverflow() {
        GapWindow window = new GapWindow(GapWindow.LARGEST_SIZE);
        for (int i = 0; i < 2 * GapWindow.LARGEST_SIZE; i++) {
            window.add(Long.MAX_VALUE);
        }
        assertEquals(GapWindow.LONGEST_GAP_MICROS, window.mean());
        assertEquals(0, window.deviation());
    }

    @Test
    void aClearedWindowKnowsNothingOfBefore() {
        GapWindow window = new GapWindow(3);
        for (int i = 0; i < 5; i++) {
            window.add(1_000);
        }
        window.clear();
        window.add(7);
        assertEquals(1, window.size());
        assertEquals(7, window.mean());
        assertEquals(0, window.deviation());
    }
}
