package io.coterie.rpc.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongMapTest {
    @Test
    void holdsWhatAHashMapHolds() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            LongMap<String> map = new LongMap<>();
            Map<Long, String> twin = new HashMap<>();
            long base = random.nextLong();
            for (int i = 0; i < 2000; i++) {
                // Neighbours and multiples of a power of two: runs and collisions.
                long key = random.nextBoolean() ? base + random.nextInt(100) : (long) random.nextInt(20) << 58;
                String value = "v" + i;
                String what = "seed " + seed + ", step " + i;
                switch (random.nextInt(3)) {
                    case 0 -> assertEquals(twin.put(key, value), map.put(key, value), what);
                    case 1 -> assertEquals(twin.remove(key), map.remove(key), what);
                    default -> assertEquals(twin.get(key), map.get(key), what);
                }
                assertEquals(twin.size(), map.size(), what);
            }
            assertEquals(new HashSet<>(twin.values()), new HashSet<>(map.values()));
            assertEquals(new HashSet<>(twin.values()), new HashSet<>(map.copy().values()));
        }
    }

    @Test
    void holdsAWindowOfACounterAsItMovesOn() {
        // As calls in flight are: put in order, removed about in order, at any place of the
        // counter's range.
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            LongMap<String> map = new LongMap<>();
            Map<Long, String> twin = new HashMap<>();
            long next = seed == 0 ? Long.MAX_VALUE - 5_000 : random.nextLong();
            for (int i = 0; i < 20_000; i++) {
                String value = "v" + i;
                map.put(next, value);
                twin.put(next, value);
                next++;
                if (i >= 256) {
                    long out = next - 257 + random.nextInt(30);
                    assertEquals(twin.remove(out), map.remove(out), "seed " + seed + ", step " + i);
                }
            }
            assertEquals(twin.size(), map.size());
            twin.forEach((key, value) -> assertEquals(value, map.get(key)));
        }
    }

    @Test
    void zeroIsAKeyLikeOthers() {
        LongMap<String> map = new LongMap<>();

        assertNull(map.get(0));
        map.put(0, "zero");

        assertEquals("zero", map.remove(0));
        assertNull(map.get(0));
    }
}
