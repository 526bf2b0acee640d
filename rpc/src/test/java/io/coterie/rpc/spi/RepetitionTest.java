package io.coterie.rpc.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node rests on continues, whatever one of its runs throws. */
class RepetitionTest {
    private static final long PAUSE = 7;
    private static final long PERIOD = 100;

    private final Planned planned = new Planned();
    private final List<String> done = new ArrayList<>();
    private int failures;
    private Repetition repetition = new Repetition(planned, PAUSE, this::task, () -> done.add("put right"));

    @Test
    void aRunThatThrowsIsNotTheLast() {
        repetition.in(PERIOD);
        failures = 3;
        for (int i = 0; i < 3; i++) {
            assertThrows(InternalError.class, planned::runFirst);
            assertEquals(PAUSE, planned.delays().get(0));
        }
        planned.runFirst();

        assertEquals(List.of("put right", "put right", "put right", "ran"), done);
        assertEquals(List.of(PERIOD), planned.delays());
    }

    @Test
    void aRunThatHadPlannedTheNextOneIsFollowedByOne() {
        repetition = new Repetition(planned, PAUSE, () -> {
            repetition.in(PERIOD);
            throw new InternalError("meant");
        });
        repetition.in(PERIOD);
        assertThrows(InternalError.class, planned::runFirst);

        assertEquals(List.of(PAUSE), planned.delays());
    }

    @Test
    void whatCannotBePutRightDoesNotEndIt() {
        repetition = new Repetition(
                planned,
                PAUSE,
                () -> {
                    throw new InternalError("meant");
                },
                () -> {
                    throw new IllegalStateException("meant, too");
                });
        repetition.in(PERIOD);
        assertThrows(IllegalStateException.class, planned::runFirst);

        assertEquals(List.of(PAUSE), planned.delays());
    }

    @Test
    void aPartThatThrowsHasItRunAgain() {
        assertThrows(
                InternalError.class,
                () -> repetition.guard(() -> {
                    throw new InternalError("meant");
                }));
        assertEquals(List.of(PAUSE), planned.delays());
        repetition.guard(() -> done.add("part"));

        assertEquals(List.of(PAUSE), planned.delays());
        assertEquals(List.of("put right", "part"), done);
    }

    @Test
    void oneRunIsPlannedAtMost() {
        repetition.in(1);
        repetition.in(2);
        assertEquals(List.of(2L), planned.delays());
        repetition.cancel();
        repetition.cancel();

        assertTrue(planned.delays().isEmpty());
    }

    private void task() {
        if (failures > 0) {
            failures--;
            throw new InternalError("meant");
        }
        done.add("ran");
        repetition.in(PERIOD);
    }

    private static final class Planned implements Scheduler {
        private record Task(long delay, Runnable task) {}

        private final List<Task> tasks = new ArrayList<>();

        List<Long> delays() {
            return tasks.stream().map(Task::delay).toList();
        }

        void runFirst() {
            tasks.remove(0).task().run();
        }

        @Override
        public boolean execute(Runnable task) {
            return tasks.add(new Task(0, task));
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            Task added = new Task(delayNanos, task);
            tasks.add(added);
            return () -> tasks.remove(added);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
