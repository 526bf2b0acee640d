package io.coterie.rpc.internal.nio.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopTasksTest {
    private static final int MANY = 100_000;

    private final LoopTasks tasks = new LoopTasks(Runnable::run);
    private final List<String> ran = new ArrayList<>();

    @Test
    void whatTheLoopHandsOverRunsInTheSameTurnBehindWhatOthersDid() {
        tasks.offer(() -> {
            ran.add("first");
            tasks.offerHere(() -> ran.add("own"));
        });
        tasks.offer(() -> ran.add("second"));
        tasks.run();
        assertEquals(List.of("first", "second", "own"), ran);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void tasksThatFeedOnThemselvesDoNotHoldUpThoseOfOthers() {
        feedOnItself();
        tasks.run();
        assertFalse(tasks.isEmpty());
        tasks.offer(() -> ran.add("other"));
        tasks.run();
        assertEquals(List.of("other"), ran);
    }

    @Test
    void tasksOfOthersHoweverManyDoNotHoldUpThoseOfTheLoop() {
        for (int i = 0; i < MANY; i++) {
            tasks.offer(() -> {});
        }
        tasks.offerHere(() -> ran.add("own"));
        tasks.run();
        assertEquals(List.of("own"), ran);
        assertFalse(tasks.isEmpty(), "sockets and timers must have their turn");
    }

    private void feedOnItself() {
        tasks.offerHere(this::feedOnItself);
    }
}
