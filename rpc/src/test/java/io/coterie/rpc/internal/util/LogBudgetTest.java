package io.coterie.rpc.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogBudgetTest {
    private static final int PER_MINUTE = 3;

    /** Keeps its timers until the test runs them. */
    private static final class Later implements Scheduler {
        final List<Runnable> timers = new ArrayList<>();

        @Override
        public boolean execute(Runnable task) {
            throw new AssertionError("nothing to hand over");
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            assertEquals(TimeUnit.MINUTES.toNanos(1), delayNanos);
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }

    private final Later loop = new Later();
    private final List<Integer> leftOut = new ArrayList<>();
    private final LogBudget budget = new LogBudget(loop, PER_MINUTE, leftOut::add);

    @Test
    void soManyLinesAMinuteAreLoggedAndTheOthersCounted() {
        assertEquals(PER_MINUTE, logged(10));
        assertEquals(1, loop.timers.size());
        assertEquals(List.of(), leftOut);

        loop.timers.remove(0).run();

        assertEquals(List.of(7), leftOut);
        assertEquals(PER_MINUTE, logged(4));
    }

    @Test
    void aMinuteInWhichNothingWasLeftOutReportsNothing() {
        assertEquals(1, logged(1));

        loop.timers.remove(0).run();

        assertEquals(List.of(), leftOut);
    }

    private int logged(int lines) {
        int count = 0;
        for (int i = 0; i < lines; i++) {
            if (budget.take()) {
                count++;
            }
        }
        return count;
    }
}
