package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArrivalWindowTest {
    @Test
    void onlyTheLastTimesCount() {
        ArrivalWindow window = new ArrivalWindow(50);
        Deque<Long> naive = new ArrayDeque<>();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long time = random.nextInt(2_000_000);
            window.add(time);
            naive.addLast(time);
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
    void maximumTimesInAMaximumWindowDoNotOverflow() {
        ArrivalWindow window = new ArrivalWindow(ArrivalWindow.MAX_SIZE);
        for (int i = 0; i < 2 * ArrivalWindow.MAX_SIZE; i++) {
            window.add(Long.MAX_VALUE);
        }
        assertEquals(ArrivalWindow.MAX_INTER_ARRIVAL_MICROS, window.mean());
        assertEquals(0, window.deviation());
    }

    @Test
    void aClearedWindowIsEmpty() {
        ArrivalWindow window = new ArrivalWindow(3);
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
