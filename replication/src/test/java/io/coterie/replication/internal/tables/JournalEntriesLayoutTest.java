package io.coterie.replication.internal.tables;

import static io.coterie.replication.Layouts.A;
import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Configurations;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Journals outlive the version that wrote them: each entry that was ever written is read. */
class JournalEntriesLayoutTest {
    private static final String NUMBER = "0000000000000007";
    private static final String STATE_BYTES = "00000002" + "abcd";

    private final JournalEntries entries = new JournalEntries();

    @Test
    void whoTheReplicaIs() {
        assertEntry("01" + NUMBER, entries.incarnation(7));
        assertEntry("02", entries.voting());
        assertEntry("0b" + NUMBER, entries.start(7));
        assertEntry("0a" + "00000004" + "612c2062", entries.replicas("a, b"));
    }

    @Test
    void whatIsRememberedOfAnother() {
        NodeId a = NodeId.of("a");
        String start = "0000000000000008";
        assertEntry("0c" + NUMBER + "01" + start + A, entries.registration(a, new Remembered(7, 8L)));
        assertEntry("0c" + NUMBER + "00" + A, entries.registration(a, new Remembered(7, null)));
    }

    /**
     * Written before starts had numbers. It is read, and written as one of kind 12 from then on.
     */
    @Test
    void whatWasRememberedOfAnotherAtFirst() {
        assertEquals("0c" + NUMBER + "00" + A, readAndWrittenAgain("03" + NUMBER + A));
    }

    @Test
    void aStore() {
        assertEntry(
                "04" + "00000001" + "73" + "00000006" + "7374726f6e67", entries.store(new StoreSpec("s", "strong")));
    }

    @Test
    void aRegisterAndItsPromise() {
        Acceptor acceptor = new Acceptor(KEY, Ballot.NONE, 0);
        acceptor.accept(BALLOT, new byte[] {(byte) 0xAB, (byte) 0xCD}, new Ballot(5, 6));
        String promised = "0000000000000005" + "0000000000000006";
        assertEntry("05" + KEY_BYTES + promised + BALLOT_BYTES + "01" + STATE_BYTES, entries.acceptor(KEY, acceptor));
        assertEntry("06" + KEY_BYTES + BALLOT_BYTES, entries.promise(KEY, BALLOT));
        Acceptor promisedAlone = new Acceptor(KEY, BALLOT, 0);
        assertEntry("05" + KEY_BYTES + BALLOT_BYTES + "00".repeat(16) + "00", entries.acceptor(KEY, promisedAlone));
    }

    @Test
    void aValueOfAnEventualStore() {
        String timestamp = "0000000000000009" + "000000000000000a";
        byte[] value = {(byte) 0xAB, (byte) 0xCD};
        assertEntry(
                "07" + KEY_BYTES + timestamp + "01" + STATE_BYTES,
                entries.value(KEY, new VersionedValue(new HlcTimestamp(9, 10), value)));
        assertEntry(
                "07" + KEY_BYTES + timestamp + "00",
                entries.value(KEY, new VersionedValue(new HlcTimestamp(9, 10), null)));
    }

    @Test
    void floorsAndRemovals() {
        assertEntry("08" + NUMBER + BALLOT_BYTES, entries.floor(7, BALLOT));
        assertEntry("09" + KEY_BYTES + BALLOT_BYTES, entries.removed(KEY, BALLOT));
    }

    @Test
    void whatIsKnownOfConfigurations() {
        assertEntry("0d" + Configurations.BYTES, entries.configuration(Configurations.SAMPLE));
        KeeperRecord promised = KeeperRecord.after(7).promising(BALLOT);
        assertEntry("0e" + NUMBER + BALLOT_BYTES + "00".repeat(16) + "00", entries.keeper(promised));
        assertEntry(
                "0e" + NUMBER + BALLOT_BYTES + BALLOT_BYTES + "01" + Configurations.BYTES,
                entries.keeper(promised.accepting(BALLOT, Configurations.SAMPLE)));
    }

    @Test
    void anEntryOfALaterVersionIsRefused() {
        for (String kind : new String[] {"00", "0f", "ff"}) {
            assertThrows(StorageException.class, () -> readAndWrittenAgain(kind + NUMBER));
        }
    }

    /**
     * Its bytes, that they are read as what was written, and that one byte less or more is refused.
     */
    private void assertEntry(String expected, ByteBuffer entry) {
        String written = Layouts.hex(entry);
        assertEquals(expected, written);
        assertEquals(expected, readAndWrittenAgain(expected));
        assertThrows(
                RuntimeException.class,
                () -> readAndWrittenAgain(expected.substring(0, expected.length() - 2)),
                "one byte less");
        assertThrows(StorageException.class, () -> readAndWrittenAgain(expected + "00"), "one byte more");
    }

    private static String readAndWrittenAgain(String hex) {
        WritesAgain reader = new WritesAgain();
        JournalEntries.read(Layouts.bytes(hex), reader);
        return reader.written;
    }

    /** Writes each entry that it reads, so that two swapped fields are noticed. */
    private static final class WritesAgain implements JournalEntries.Reader {
        private final JournalEntries again = new JournalEntries();
        private String written = "";

        @Override
        public void incarnation(long incarnation) {
            written = Layouts.hex(again.incarnation(incarnation));
        }

        @Override
        public void voting() {
            written = Layouts.hex(again.voting());
        }

        @Override
        public void registration(NodeId peer, Remembered remembered) {
            written = Layouts.hex(again.registration(peer, remembered));
        }

        @Override
        public void start(long number) {
            written = Layouts.hex(again.start(number));
        }

        @Override
        public void store(StoreSpec spec) {
            written = Layouts.hex(again.store(spec));
        }

        @Override
        public void acceptor(Acceptor read) {
            written = Layouts.hex(again.acceptor(read, read));
        }

        @Override
        public void promise(Acceptor read) {
            written = Layouts.hex(again.promise(read, read.promised()));
        }

        @Override
        public void value(RecordKey key, VersionedValue value) {
            written = Layouts.hex(again.value(key, value));
        }

        @Override
        public void floor(long store, Ballot floor) {
            written = Layouts.hex(again.floor(store, floor));
        }

        @Override
        public void removed(RecordKey key, Ballot floor) {
            written = Layouts.hex(again.removed(key, floor));
        }

        @Override
        public void configuration(Configuration adopted) {
            written = Layouts.hex(again.configuration(adopted));
        }

        @Override
        public void keeper(KeeperRecord record) {
            written = Layouts.hex(again.keeper(record));
        }

        @Override
        public void replicas(String names) {
            written = Layouts.hex(again.replicas(names));
        }
    }
}
