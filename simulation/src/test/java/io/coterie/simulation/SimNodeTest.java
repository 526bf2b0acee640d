package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimNodeTest {
    private final Simulation simulation = Simulation.create(11);
    private final List<SimStart> starts = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final SimNode node = simulation.node("n", starts::add);

    @Test
    void aCrashEndsAllTasksAndTimers() {
        SimStart start = started();
        node.execute(() -> log.add("before"));
        node.execute(() -> start.world().scheduler().schedule(50, () -> log.add("timer")));
        start.executor().execute(() -> log.add("worker"));
        node.execute(node::crash);
        node.execute(() -> log.add("after"));

        run(1);

        assertEquals(List.of("before", "worker"), log);
        assertFalse(node.isUp());
    }

    @Test
    void tasksOfAnEarlierStartAreDropped() {
        SimStart old = started();
        node.restart();
        SimStart current = starts.get(1);

        assertFalse(old.world().scheduler().execute(() -> log.add("old")));
        old.world().scheduler().schedule(1, () -> log.add("old timer")).cancel();
        old.executor().execute(() -> log.add("old worker"));
        old.disk().execute(() -> log.add("old job"));
        assertTrue(current.world().scheduler().execute(() -> log.add("new")));
        run(10);

        assertEquals(List.of("new"), log);
        assertFalse(old.isAlive());
        assertEquals(2, current.number());
    }

    @Test
    void aPauseDefersEverythingInItsOrder() {
        SimStart start = started();
        node.execute(() -> start.world().scheduler().schedule(millis(2), () -> log.add("timer 2 ms")));
        node.execute(() -> start.world().scheduler().schedule(millis(1), () -> log.add("timer 1 ms")));
        run(0);
        node.pause();
        node.execute(() -> log.add("task"));
        simulation.after(Duration.ofMillis(50), () -> log.add("resumed"));
        simulation.after(Duration.ofMillis(50), node::resume);
        simulation.after(Duration.ofMillis(50), () -> node.execute(() -> log.add("task after")));

        run(100);

        assertEquals(List.of("resumed", "task", "timer 1 ms", "timer 2 ms", "task after"), log);
    }

    @Test
    void aCanceledTimerNeverRuns() {
        SimStart start = started();
        node.execute(() -> {
            Scheduler.Timer timer = start.world().scheduler().schedule(millis(1), () -> log.add("timer"));
            start.world().scheduler().execute(timer::cancel);
        });

        run(5);

        assertEquals(List.of(), log);
    }

    @Test
    void timersAreSetOnTheLoopOnly() {
        SimStart start = started();

        assertThrows(
                IllegalStateException.class, () -> start.world().scheduler().schedule(1, () -> {}));
        start.executor()
                .execute(() ->
                        log.add("worker on loop: " + start.world().scheduler().inLoop()));
        node.execute(() -> log.add("task on loop: " + start.world().scheduler().inLoop()));
        run(1);

        assertEquals(List.of("worker on loop: false", "task on loop: true"), log);
    }

    @Test
    void aSlowProcessTakesItsTimeForEachTask() {
        started();
        node.slowDown(Duration.ofMillis(10));
        for (int i = 0; i < 3; i++) {
            node.execute(() -> log.add("at " + simulation.now().toMillis()));
        }

        run(100);

        assertEquals(List.of("at 0", "at 10", "at 20"), log);
    }

    @Test
    void aCleanStopRunsItsActionsAndACrashDoesNot() {
        started().onStop(() -> log.add("last"));
        starts.get(0).onStop(() -> log.add("first"));
        node.stop();
        node.start();
        starts.get(1).onStop(() -> log.add("never"));
        node.crash();

        assertEquals(List.of("first", "last"), log);
    }

    @Test
    void aBootThatThrowsLeavesTheNodeDown() {
        SimNode broken = simulation.node("broken", start -> {
            start.world().scheduler().execute(() -> log.add("task"));
            throw new IllegalStateException("refused");
        });

        assertThrows(IllegalStateException.class, broken::start);
        run(1);

        assertFalse(broken.isUp());
        assertEquals(List.of(), log);
    }

    @Test
    void onlyTheWallClockMayBeWrong() {
        Clock clock = started().world().clock();
        long nanos = clock.nanos();
        long wall = clock.wallMillis();

        node.jumpWallClock(Duration.ofSeconds(-27));
        node.driftWallClock(0.01);
        run(10_000);

        assertEquals(Duration.ofSeconds(10).toNanos(), clock.nanos() - nanos);
        assertEquals(wall - 27_000 + 10_100, clock.wallMillis());
        node.setWallClock();
        assertEquals(wall + 10_000, clock.wallMillis());
    }

    @Test
    void eachStartHasItsOwnRandomNumbers() {
        long first = started().world().random().nextLong();
        node.restart();
        long second = starts.get(1).world().random().nextLong();

        assertNotEquals(first, second);
        assertTrue(node.isUp());
        assertEquals(2, node.starts());
    }

    private SimStart started() {
        node.start();
        return starts.get(starts.size() - 1);
    }

    private void run(long millis) {
        simulation.runFor(Duration.ofMillis(millis));
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
