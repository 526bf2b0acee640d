package io.coterie.replication.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.tables.Acceptor;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordKeyTest {
    private static final int MAX_LENGTH = 40;

    @Test
    void keysThatDifferInLengthAloneAreTwo() {
        Set<RecordKey> keys = new HashSet<>();
        for (int length = 0; length <= MAX_LENGTH; length++) {
            keys.add(new RecordKey(1, new byte[length]));
            keys.add(new RecordKey(2, new byte[length]));
        }
        assertEquals(2 * (MAX_LENGTH + 1), keys.size());
    }

    @Test
    void keysThatDifferInAnyOneByteAreTwo() {
        for (int length = 1; length <= MAX_LENGTH; length++) {
            RecordKey zeros = new RecordKey(1, new byte[length]);
            for (int at = 0; at < length; at++) {
                byte[] changed = new byte[length];
                changed[at] = -1;
                assertNotEquals(zeros, new RecordKey(1, changed), at + " of " + length);
                assertEquals(new RecordKey(1, changed.clone()), new RecordKey(1, changed));
                assertEquals(new RecordKey(1, changed.clone()).hashCode(), new RecordKey(1, changed).hashCode());
            }
        }
    }

    @Test
    void whatExtendsAKeyIsFoundByIt() {
        RecordKey key = new RecordKey(1, new byte[MAX_LENGTH]);
        Acceptor acceptor = new Acceptor(new RecordKey(1, new byte[MAX_LENGTH]), Ballot.NONE, 0);
        assertEquals(key, acceptor);
        assertEquals(acceptor, key);
        assertEquals(key.hashCode(), acceptor.hashCode());
    }

    @Test
    void numbersFallIntoAsManyBucketsAsRandomKeysWould() {
        int keys = 1 << 14;
        Set<Integer> buckets = new HashSet<>();
        for (int i = 0; i < keys; i++) {
            byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(i).array();
            int hash = new RecordKey(1, number).hashCode();
            // As a hash map spreads it.
            buckets.add((hash ^ hash >>> 16) & (keys - 1));
        }
        // 1 - 1/e of them for random ones, 0.632.
        assertTrue(buckets.size() > 0.6 * keys, buckets.size() + " of " + keys);
    }
}
