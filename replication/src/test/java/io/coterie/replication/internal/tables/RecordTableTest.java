package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.wire.ListOrder;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordTableTest {
    private static final int KEYS = 1_000;

    private final RecordTable<Acceptor> table = new RecordTable<>();
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void itHoldsWhatAMapHolds() {
        Map<RecordKey, Acceptor> expected = new HashMap<>();
        for (int i = 0; i < 20 * KEYS; i++) {
            RecordKey key = key(random.nextInt(KEYS));
            if (random.nextInt(3) == 0) {
                assertSame(expected.remove(key), table.remove(key));
            } else if (!expected.containsKey(key)) {
                expected.put(key, add(key));
            }
            assertEquals(expected.size(), table.size());
        }
        for (int i = 0; i < KEYS; i++) {
            assertSame(expected.get(key(i)), table.get(key(i)));
        }
    }

    @Test
    void aRegisterThatIsGoneIsNotFound() {
        RecordKey key = key(1);
        assertNull(table.get(key));
        Acceptor acceptor = add(key);
        assertSame(acceptor, table.get(key(1)));
        assertSame(acceptor, table.remove(key(1)));
        assertNull(table.get(key));
        assertNull(table.remove(key));
    }

    @Test
    void anIterationMissesNoneAndRepeatsNoneDuringChanges() {
        for (int round = 0; round < 50; round++) {
            int before = 1 + random.nextInt(200);
            Set<Integer> staying = new HashSet<>();
            for (int i = 0; i < before; i++) {
                add(key(i));
                staying.add(i);
            }
            List<Integer> seen = new ArrayList<>();
            int more = KEYS;
            for (Iterator<Acceptor> all = table.iterator(); all.hasNext(); ) {
                seen.add(number(all.next()));
                // Has the table double, often at first.
                for (int i = random.nextInt(20); i > 0 && more < 4 * KEYS; i--) {
                    add(key(more++));
                }
                int gone = random.nextInt(before);
                if (table.remove(key(gone)) != null) {
                    staying.remove(gone);
                }
            }

            assertTrue(seen.containsAll(staying), "round " + round);
            assertEquals(seen.size(), new HashSet<>(seen).size(), "round " + round);
            table.iterator().forEachRemaining(table::remove);
            assertEquals(0, table.size());
        }
    }

    /** Each page begins anew at a place, with nothing kept since the page before. */
    @Test
    void aWalkByPlacesIsInOrderAndMissesNoneWhileTheTableGrows() {
        for (int round = 0; round < 50; round++) {
            int before = 1 + random.nextInt(200);
            for (int i = 0; i < before; i++) {
                add(key(i));
            }
            List<Acceptor> seen = new ArrayList<>();
            int more = KEYS;
            long place = 0;
            while (place < 1L << 32) {
                List<Acceptor> found = new ArrayList<>();
                long from = place;
                place = table.forEachFrom(place, found::add);
                long to = place;
                assertTrue(found.stream().map(ListOrder::place).allMatch(at -> at >= from && at < to));
                seen.addAll(found);
                for (int i = random.nextInt(3); i > 0 && more < 4 * KEYS; i--) {
                    add(key(more++));
                }
            }

            Set<Integer> numbers = new HashSet<>();
            seen.forEach(each -> assertTrue(numbers.add(number(each)), "one was visited twice"));
            for (int i = 0; i < before; i++) {
                assertTrue(numbers.contains(i), "round " + round);
            }
            table.iterator().forEachRemaining(table::remove);
        }
    }

    @Test
    void reservedRoomIsUsedAndTheExcessIsGivenUp() {
        table.reserve(KEYS);
        int reserved = table.buckets();
        for (int i = 0; i < KEYS; i++) {
            add(key(i));
        }
        assertEquals(reserved, table.buckets());
        table.fit();
        assertEquals(reserved, table.buckets());
        table.reserve(100L * KEYS);
        assertTrue(table.buckets() >= 100 * KEYS);
        table.fit();
        assertEquals(reserved, table.buckets());
        for (int i = 0; i < KEYS; i++) {
            assertEquals(i, number(table.get(key(i))));
        }
    }

    private Acceptor add(RecordKey key) {
        Acceptor acceptor = new Acceptor(key, Ballot.NONE, 0);
        table.add(acceptor);
        return acceptor;
    }

    private static RecordKey key(int number) {
        return new RecordKey(
                1, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    private static int number(RecordKey key) {
        return ByteBuffer.wrap(key.bytes()).getInt();
    }
}
