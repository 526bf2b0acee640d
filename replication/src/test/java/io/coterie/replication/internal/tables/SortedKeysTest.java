package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.spi.Scheduler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of many keys, which is made while others come and go. */
class SortedKeysTest {
    private static final int KEYS = 20_000;
    private static final int MAX_KEYS_PER_TURN = 2_000;

    private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
    private final RecordTable<Acceptor> acceptors = new RecordTable<>();
    private int taken;

    private final Scheduler scheduler = new Scheduler() {
        @Override
        public boolean execute(Runnable task) {
            return turns.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            turns.add(task);
            return () -> turns.remove(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    };

    @Test
    void manyKeysAreOrderedAFewATurnWhileOthersComeAndGo() {
        for (int i = 0; i < KEYS; i++) {
            acceptors.add(new Acceptor(key(2 * i), Ballot.NONE, 0));
        }
        SortedKeys sorted = new SortedKeys(scheduler, counting(), key -> acceptors.get(key) != null);
        List<Integer> found = new ArrayList<>();
        sorted.whenComplete(() -> sorted.from(key(0)).forEachRemaining(key -> found.add(number(key))));
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            expected.add(i % 2 == 0 ? 2 * i : 2 * i + 1);
        }
        for (int next = 0; !turns.isEmpty(); ) {
            assertTrue(taken <= MAX_KEYS_PER_TURN, taken + " keys in one turn");
            taken = 0;
            for (int end = Math.min(KEYS, next + KEYS / 5); next < end; next++) {
                if (next % 2 != 0) {
                    replace(sorted, key(2 * next), key(2 * next + 1));
                }
            }
            turns.remove().run();
        }
        assertEquals(expected, found);
    }

    private void replace(SortedKeys sorted, RecordKey old, RecordKey by) {
        acceptors.remove(old);
        sorted.remove(old);
        acceptors.add(new Acceptor(by, Ballot.NONE, 0));
        sorted.add(by);
    }

    /** The acceptors, counting which are looked at. */
    private Iterator<Acceptor> counting() {
        Iterator<Acceptor> all = acceptors.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Acceptor next() {
                taken++;
                return all.next();
            }
        };
    }

    private static RecordKey key(int number) {
        return new RecordKey(
                1, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    private static int number(RecordKey key) {
        return ByteBuffer.wrap(key.bytes()).getInt();
    }
}
