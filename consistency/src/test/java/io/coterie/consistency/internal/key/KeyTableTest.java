package io.coterie.consistency.internal.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import io.coterie.replication.spi.RecordKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTableTest {
    private final KeyContext context = mock(KeyContext.class);
    private final KeyTable table = new KeyTable();

    @Test
    void itHoldsWhatAMapHolds() {
        Random random = new Random(1);
        Map<Integer, KeyCoordinator> expected = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Grows to some thousand keys, and shrinks to a few, again and again.
            int number = random.nextInt(1 + (i / 40_000 % 2 == 0 ? 4_000 : 100));
            boolean grows = i / 20_000 % 2 == 0;
            KeyCoordinator known = expected.get(number);
            assertSame(known, table.get(nameOf(number)));
            if (known == null && grows) {
                KeyCoordinator key = new KeyCoordinator(context, nameOf(number));
                table.add(key);
                expected.put(number, key);
            } else if (known != null && !grows) {
                table.remove(known);
                expected.remove(number);
            }
            assertEquals(expected.size(), table.size());
        }
        Set<KeyCoordinator> all = new HashSet<>();
        table.forEach(all::add);
        assertEquals(new HashSet<>(expected.values()), all);
    }

    @Test
    void removingAnAbsentKeyChangesNothing() {
        KeyCoordinator key = add(1);

        table.remove(new KeyCoordinator(context, nameOf(2)));

        assertEquals(1, table.size());
        assertSame(key, table.get(key));
    }

    @Test
    void sweepsContinueUntilEachKeyWasLookedAtAndThenBeginAgain() {
        for (int i = 0; i < 1_000; i++) {
            add(i);
        }
        List<KeyCoordinator> looked = new ArrayList<>();
        while (looked.size() < 1_000) {
            int before = looked.size();
            table.sweep(10, looked::add);
            assertTrue(looked.size() >= before + 10 || looked.size() >= 1_000);
        }
        assertEquals(1_000, new HashSet<>(looked.subList(0, 1_000)).size());
    }

    @Test
    void aSweepThatKeepsNothingEmptiesTheTable() {
        for (int i = 0; i < 1_000; i++) {
            add(i);
        }

        table.sweep(1_000, key -> false);

        assertEquals(0, table.size());
        assertNull(table.get(nameOf(1)));
    }

    @Test
    void aSweepLooksAtAKeyOnceThoughItMayLookAtMore() {
        add(1);
        List<KeyCoordinator> looked = new ArrayList<>();

        table.sweep(64, looked::add);

        assertEquals(1, looked.size());
    }

    private KeyCoordinator add(int number) {
        KeyCoordinator key = new KeyCoordinator(context, nameOf(number));
        table.add(key);
        return key;
    }

    private static RecordKey nameOf(int number) {
        return new RecordKey(7, ByteBuffer.allocate(4).putInt(number).array());
    }
}
