package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.coterie.replication.Layouts;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.spi.Clock;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Two replicas have the same digests if, and only if, they have accepted the same. */
class DigestsTest {
    private static final int KEYS = 500;
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };

    private final ReplicaTables tables = new ReplicaTables(CLOCK);
    private final JournalEntries entries = new JournalEntries();
    private final SplittableRandom random = new SplittableRandom(7);

    /**
     * Also the digests of a replica that reads its journal back, and of one that has all at once.
     */
    @Test
    void theyFollowEachChange() {
        ReplicaTables restarted = new ReplicaTables(CLOCK);
        RecoveredEntries recovered = new RecoveredEntries(Layouts.SELF, restarted);
        recovered.end();
        for (int i = 1; i <= 20 * KEYS; i++) {
            recovered.accept(change(i));
            if (i % KEYS == 0) {
                assertSame(tables, restarted);
                assertSame(tables, copy());
            }
        }
        assertNotEquals(0, tables.registerDigests.of(0, 0));
    }

    @Test
    void oneChangeIsSeenFromTheRootToItsLeaf() {
        for (int i = 1; i <= KEYS; i++) {
            change(i);
        }
        ReplicaTables other = copy();
        RecordKey key = key(3);
        other.put(key, new VersionedValue(new HlcTimestamp(1_000_000, 1), null), 0);
        for (int level = 0; level <= Digests.LEAF_LEVEL; level++) {
            int node = Digests.leaf(key) >> (4 * (Digests.LEAF_LEVEL - level));
            for (int each = 0; each < 1 << (4 * level); each++) {
                assertEquals(each != node, tables.valueDigests.of(level, each) == other.valueDigests.of(level, each));
            }
        }
    }

    @Test
    void aPromiseAloneIsNoDifference() {
        Acceptor acceptor = tables.acceptor(key(1));
        acceptor.prepare(new Ballot(5, 5));
        tables.changed(acceptor);
        assertEquals(0, tables.registerDigests.of(0, 0));
    }

    @Test
    void eachRecordIsInItsLeafAlone() {
        int buckets = 0;
        for (int keys : new int[] {10, 200_000}) {
            Set<RecordKey> left = new HashSet<>();
            for (int i = 0; i < keys; i++) {
                tables.put(key(i), new VersionedValue(new HlcTimestamp(1 + i, 1), null), 0);
                left.add(key(i));
            }
            for (int leaf = 0; leaf < Digests.LEAVES; leaf++) {
                int number = leaf;
                tables.values.forEachOfLeaf(leaf, record -> {
                    assertEquals(number, Digests.leaf(record));
                    assertEquals(true, left.remove(record));
                });
            }
            assertEquals(Set.of(), left);
            assertNotEquals(buckets, tables.values.buckets());
            buckets = tables.values.buckets();
        }
    }

    /** Draws a change and makes it; returns its entry in the journal. */
    private ByteBuffer change(int number) {
        RecordKey key = key(random.nextInt(KEYS));
        if (random.nextInt(3) == 0) {
            VersionedValue value = new VersionedValue(new HlcTimestamp(number, 1), null);
            tables.put(key, value, 0);
            return copy(entries.value(key, value));
        }
        if (random.nextInt(5) == 0) {
            tables.remove(key);
            return copy(entries.removed(key, new Ballot(1, 1)));
        }
        Acceptor acceptor = tables.acceptor(key);
        long before = ReplicaTables.digest(acceptor);
        Ballot ballot = new Ballot(number, 1);
        if (random.nextInt(3) == 0) {
            acceptor.prepare(ballot);
            tables.changed(acceptor);
            return copy(entries.promise(key, ballot));
        }
        acceptor.accept(ballot, new byte[] {1}, new Ballot(number + 1L, 1));
        tables.accepted(acceptor, before);
        return copy(entries.acceptor(key, acceptor));
    }

    private static ByteBuffer copy(ByteBuffer entry) {
        return ByteBuffer.allocate(entry.remaining()).put(entry).flip();
    }

    /** Another replica that has all that these tables have. */
    private ReplicaTables copy() {
        ReplicaTables other = new ReplicaTables(CLOCK);
        for (Iterator<Acceptor> all = tables.acceptors.iterator(); all.hasNext(); ) {
            Acceptor acceptor = all.next();
            byte[] state = acceptor.state();
            if (state != null) {
                Acceptor same = other.acceptor(acceptor);
                same.accept(acceptor.accepted(), state, acceptor.accepted());
                other.accepted(same, 0);
            }
        }
        for (Iterator<VersionedRecord> all = tables.values.iterator(); all.hasNext(); ) {
            VersionedRecord record = all.next();
            other.put(record, record.value(), 0);
        }
        return other;
    }

    private static void assertSame(ReplicaTables one, ReplicaTables other) {
        for (int leaf = 0; leaf < Digests.LEAVES; leaf++) {
            assertEquals(ofLeaf(one.registerDigests, leaf), ofLeaf(other.registerDigests, leaf), "leaf " + leaf);
            assertEquals(ofLeaf(one.valueDigests, leaf), ofLeaf(other.valueDigests, leaf), "leaf " + leaf);
        }
    }

    private static long ofLeaf(Digests digests, int leaf) {
        return digests.of(Digests.LEAF_LEVEL, leaf);
    }

    private static RecordKey key(int number) {
        return new RecordKey(
                1, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
