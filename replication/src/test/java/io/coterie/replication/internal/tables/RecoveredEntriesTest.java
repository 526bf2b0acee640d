package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Layouts;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.spi.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A journal restores the tables that the replica had when it wrote the journal. */
class RecoveredEntriesTest {
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 5;
        }

        @Override
        public long wallMillis() {
            return 5;
        }
    };

    private final ReplicaTables live = new ReplicaTables(CLOCK);
    private final JournalEntries entries = new JournalEntries();
    private final List<ByteBuffer> journal = new ArrayList<>();
    private long ballots;

    @Test
    void registersAreAsTheyWereAndTombstonesInTheirOrder() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int keys = 1 + random.nextInt(1_000);
            for (int i = 0; i < 3_000; i++) {
                change(random, new RecordKey(1 + random.nextInt(2), name(random.nextInt(keys))));
            }
            assertRecovered(recovered());
        }
    }

    /** More than are kept in mind at a time. */
    @Test
    void manyNewKeysLeaveNoTombstones() {
        for (int i = 0; i < 100_000; i++) {
            RecordKey key = new RecordKey(1, name(i));
            promise(key);
            if (i % 1_000 != 0) {
                accept(key, new byte[] {1, 2, 3});
            }
        }
        assertRecovered(recovered());
    }

    /** However large the files are of which most was written over. */
    @Test
    void aWrongGuessOfTheNumberOfKeysCostsNothingInTheEnd() {
        for (int i = 0; i < 20_000; i++) {
            accept(new RecordKey(1, name(i)), new byte[] {1});
        }
        ReplicaTables tables = recovered(1L << 30);
        assertRecovered(tables);
        assertTrue(tables.acceptors.buckets() <= 1 << 16, () -> tables.acceptors.buckets() + " buckets");
    }

    private void change(SplittableRandom random, RecordKey key) {
        switch (random.nextInt(5)) {
            case 0, 1 -> promise(key);
            case 2 -> accept(key, new byte[] {0, 1});
            case 3 -> accept(key, new byte[1 + random.nextInt(20)]);
            default -> {
                Ballot floor = live.floors.raise(key.store(), next());
                keep(entries.removed(key, floor));
                live.remove(key);
            }
        }
    }

    private void promise(RecordKey key) {
        Acceptor acceptor = live.acceptor(key);
        acceptor.prepare(next());
        keep(entries.promise(key, acceptor.promised()));
        live.changed(acceptor);
    }

    private void accept(RecordKey key, byte[] state) {
        Acceptor acceptor = live.acceptor(key);
        acceptor.accept(next(), state, next());
        keep(entries.acceptor(key, acceptor));
        live.changed(acceptor);
    }

    private Ballot next() {
        return new Ballot(++ballots, 1);
    }

    private void keep(ByteBuffer entry) {
        journal.add(ByteBuffer.allocate(entry.remaining()).put(entry).flip());
    }

    private ReplicaTables recovered() {
        return recovered(journal.stream().mapToInt(ByteBuffer::remaining).sum());
    }

    private ReplicaTables recovered(long expectedBytes) {
        ReplicaTables tables = new ReplicaTables(CLOCK);
        RecoveredEntries reader = new RecoveredEntries(Layouts.SELF, tables);
        reader.expect(expectedBytes);
        journal.forEach(entry -> reader.accept(entry.duplicate()));
        reader.end();
        return tables;
    }

    private void assertRecovered(ReplicaTables tables) {
        assertEquals(live.acceptors.size(), tables.acceptors.size());
        assertEquals(live.liveBytes(), tables.liveBytes());
        for (Iterator<Acceptor> all = live.acceptors.iterator(); all.hasNext(); ) {
            Acceptor expected = all.next();
            Acceptor found = tables.acceptors.get(expected);
            assertNotNull(found);
            assertEquals(expected.promised(), found.promised());
            assertEquals(expected.accepted(), found.accepted());
            assertArrayEquals(expected.state(), found.state());
        }
        assertEquals(live.absentKeys.isEmpty(), tables.absentKeys.isEmpty());
        for (long store = 1; store <= 2; store++) {
            assertEquals(live.floors.of(store), tables.floors.of(store));
            assertEquals(
                    live.absentKeys.next(store, Integer.MAX_VALUE), tables.absentKeys.next(store, Integer.MAX_VALUE));
        }
    }

    private static byte[] name(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
