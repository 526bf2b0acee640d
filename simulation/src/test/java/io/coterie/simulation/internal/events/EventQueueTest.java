package io.coterie.simulation.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.simulation.SimRandom;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    @Test
    void eventsAreOrderedByTimeThenByHandOver() {
        EventQueue queue = new EventQueue();
        PriorityQueue<long[]> twin =
                new PriorityQueue<>((x, y) -> x[0] != y[0] ? Long.compare(x[0], y[0]) : Long.compare(x[1], y[1]));
        SimRandom random = new SimRandom(3);
        long handedOver = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.chance(0.55) || twin.isEmpty()) {
                long due = random.nextInt(50);
                queue.add(due, new Nothing());
                twin.add(new long[] {due, handedOver++});
            } else {
                long[] expected = twin.remove();
                Event event = queue.poll();
                assertEquals(expected[0], event.due);
                assertEquals(expected[1], event.order);
            }
        }
    }

    private static final class Nothing extends Event {
        @Override
        public void fire() {}
    }
}
