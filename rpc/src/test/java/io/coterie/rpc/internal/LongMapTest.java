package io.coterie.rpc.internal;

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
    void zeroIsAKeyLikeOthers() {
        LongMap<String> map = new LongMap<>();

        assertNull(map.get(0));
        map.put(0, "zero");

        assertEquals("zero", map.remove(0));
        assertNull(map.get(0));
    }
}
