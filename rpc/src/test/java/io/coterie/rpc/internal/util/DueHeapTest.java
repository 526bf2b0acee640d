package io.coterie.rpc.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueHeapTest {
    private static final class Item extends DueHeap.Entry {
        final int number;

        Item(int number) {
            this.number = number;
        }
    }

    @Test
    void givesTheFirstDueFirstWhateverWasTakenOut() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            DueHeap<Item> heap = new DueHeap<>();
            List<Item> twin = new ArrayList<>();
            // Readings around the clock's wrap.
            long start = Long.MAX_VALUE - 20;
            for (int i = 0; i < 300; i++) {
                if (random.nextInt(3) > 0 || twin.isEmpty()) {
                    Item item = new Item(i);
                    heap.add(item, start + random.nextInt(40));
                    twin.add(item);
                } else {
                    Item out = twin.remove(random.nextInt(twin.size()));
                    assertTrue(heap.remove(out));
                    assertFalse(heap.remove(out));
                }
                assertEquals(firstOf(twin, start), heap.first(), "seed " + seed + ", step " + i);
            }
            while (!twin.isEmpty()) {
                Item first = heap.first();
                assertEquals(firstOf(twin, start), first);
                heap.remove(first);
                twin.remove(first);
            }
            assertNull(heap.first());
        }
    }

    private static Item firstOf(List<Item> items, long start) {
        return items.stream()
                .min(Comparator.<Item>comparingLong(item -> item.due() - start).thenComparingInt(item -> item.number))
                .orElse(null);
    }
}
