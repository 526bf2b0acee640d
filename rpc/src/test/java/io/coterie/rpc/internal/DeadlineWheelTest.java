package io.coterie.rpc.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
    private static final long SPAN = DeadlineWheel.SPAN_NANOS;

    private static final class Item extends DeadlineWheel.Entry {
        final int number;

        Item(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "item " + number;
        }
    }

    @Test
    void reportsWhatASortedListWouldAtAnyPace() {
        for (int seed = 0; seed < 200; seed++) {
            // Steps from far below a tick to many rounds.
            long[] scales = {1_000, 1 << 20, 50 << 20, SPAN, 20 * SPAN, TimeUnit.HOURS.toNanos(5)};
            compareWithList(new Random(seed), scales[seed % scales.length], new Random(-seed).nextLong(), seed);
        }
    }

    @Test
    void theClockMayWrapAround() {
        for (int seed = 0; seed < 100; seed++) {
            long scale = seed % 2 == 0 ? 50 << 20 : 3 * SPAN;
            compareWithList(new Random(seed), scale, Long.MAX_VALUE - 20 * scale, seed);
        }
    }

    private static void compareWithList(Random random, long scale, long start, int seed) {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(start);
        List<Item> twin = new ArrayList<>();
        long now = start;
        for (int i = 0; i < 500; i++) {
            String what = "seed " + seed + ", step " + i;
            long then = now;
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Item item = new Item(i);
                    // Some in the past, many at the same time.
                    long due = now + (random.nextInt(20) - 2) * (scale / 4) + random.nextInt(2);
                    wheel.add(item, due);
                    twin.add(item);
                }
                case 2 -> {
                    if (!twin.isEmpty()) {
                        Item out = twin.remove(random.nextInt(twin.size()));
                        assertTrue(wheel.remove(out), what);
                        assertFalse(wheel.remove(out), what);
                    }
                }
                default -> {
                    now += (long) (random.nextDouble() * scale * (random.nextInt(10) == 0 ? 10 : 1));
                    long reading = now;
                    List<Item> due = sorted(twin, reading).stream()
                            .filter(item -> item.due() - reading <= 0)
                            .toList();
                    assertEquals(due, expired(wheel, now), what);
                    twin.removeAll(due);
                }
            }
            assertEquals(twin.isEmpty(), wheel.isEmpty(), what);
            if (!twin.isEmpty()) {
                assertEquals(sorted(twin, then).get(0).due(), wheel.nextDue(now), what);
            }
        }
    }

    private static List<Item> sorted(List<Item> items, long start) {
        return items.stream()
                .sorted(Comparator.<Item>comparingLong(item -> item.due() - start)
                        .thenComparingInt(item -> item.number))
                .toList();
    }

    private static List<Item> expired(DeadlineWheel<Item> wheel, long now) {
        List<Item> found = new ArrayList<>();
        wheel.expire(now, item -> {
            assertFalse(wheel.remove(item), "it is out when it is reported");
            found.add(item);
        });
        return found;
    }

    @Test
    void nothingIsReportedANanosecondEarlyOrLate() {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(0);
        for (long due : new long[] {1, (1 << 20) - 1, 1 << 20, SPAN - 1, SPAN, SPAN + 1, 7 * SPAN + 12_345}) {
            Item item = new Item(1);
            wheel.add(item, due);

            assertEquals(List.of(), expired(wheel, due - 1));
            assertEquals(due, wheel.nextDue(due - 1));
            assertEquals(List.of(item), expired(wheel, due));
        }
    }

    @Test
    void aTimeoutOfCenturiesHidesNoOther() {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(0);
        long now = new Random(1).nextInt(1 << 20);
        Item never = new Item(1);
        Item soon = new Item(2);
        wheel.add(never, now + Long.MAX_VALUE);
        wheel.add(soon, 5 << 20);

        assertEquals(5 << 20, wheel.nextDue(now));
        assertEquals(List.of(soon), expired(wheel, TimeUnit.DAYS.toNanos(1)));
        assertTrue(wheel.remove(never));
    }

    @Test
    void whatTheConsumerRemovesIsNotReportedAndWhatItAddsWaits() {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(0);
        Item first = new Item(1);
        Item removed = new Item(2);
        Item addedAgain = new Item(3);
        Item last = new Item(4);
        Item added = new Item(5);
        wheel.add(first, 10);
        wheel.add(removed, 20);
        wheel.add(addedAgain, 30);
        wheel.add(last, 40);
        List<Item> found = new ArrayList<>();

        wheel.expire(SPAN / 2, item -> {
            found.add(item);
            if (item == first) {
                assertTrue(wheel.remove(removed));
                assertFalse(wheel.remove(removed));
                assertTrue(wheel.remove(addedAgain));
                wheel.add(addedAgain, 35);
                wheel.add(added, 15);
            }
        });

        assertEquals(List.of(first, last), found);
        assertEquals(15, wheel.nextDue(SPAN / 2));
        assertEquals(List.of(added, addedAgain), expired(wheel, SPAN / 2));
        assertTrue(wheel.isEmpty());
    }

    @Test
    void aConsumerThatThrowsLosesNothing() {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(0);
        Item second = new Item(2);
        Item third = new Item(3);
        wheel.add(new Item(1), 10);
        wheel.add(second, 20);
        wheel.add(third, 30);

        assertThrows(
                IllegalStateException.class,
                () -> wheel.expire(50, item -> {
                    throw new IllegalStateException("a bug, on purpose");
                }));

        assertEquals(20, wheel.nextDue(50));
        assertTrue(wheel.remove(second));
        assertEquals(List.of(third), expired(wheel, 50));
        assertTrue(wheel.isEmpty());
    }

    @Test
    void misuseIsRefused() {
        DeadlineWheel<Item> wheel = new DeadlineWheel<>(0);
        assertThrows(NoSuchElementException.class, () -> wheel.nextDue(0));
        Item item = new Item(1);
        wheel.add(item, 10);

        assertThrows(IllegalStateException.class, () -> wheel.add(item, 20));

        assertEquals(10, wheel.nextDue(0));
    }
}
