package io.coterie.replication.internal.snapshot;

import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static io.coterie.replication.Layouts.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.snapshot.SnapshotReader.Manifest;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Snapshots outlive the version that wrote them, and are whole or refused. */
class SnapshotFormatTest {
    private static final SnapshotHead HEAD = new SnapshotHead("shop", 9, 7, new MemberId(NodeId.of("a"), 5), 1_000_000);

    private static final List<Listed> ENTRIES = List.of(
            new Listed.Register(KEY, new Ballot(BALLOT.counter() + 1, 6), BALLOT, new byte[] {1, 2}),
            new Listed.Register(new RecordKey(3, new byte[] {7}), BALLOT, Ballot.NONE, null),
            new Listed.Value(KEY, new VersionedValue(new HlcTimestamp(4, 5), null)),
            new Listed.Store(new StoreSpec("s", "strong")),
            new Listed.Floor(3, BALLOT));

    /** The checks were computed by another program. */
    private static final String FILE = "434f544552494553" + "00000001"
            // head
            + "0000002e" + "01" + "00000004" + "73686f70" + "0000000000000009" + "0000000000000007"
            + "00000001" + "61" + "0000000000000005" + "00000000000f4240" + "1ad0496c"
            // entries
            + "000000c1" + "02"
            + "00000035" + "05" + KEY_BYTES + "0000000000000004" + "0000000000000006" + BALLOT_BYTES
            + "01" + "00000002" + "0102"
            + "0000002f" + "05" + "0000000000000003" + "00000001" + "07" + BALLOT_BYTES + "00".repeat(16) + "00"
            + "0000001f" + "07" + KEY_BYTES + "0000000000000004" + "0000000000000005" + "00"
            + "00000010" + "04" + "00000001" + "73" + "00000006" + "7374726f6e67"
            + "00000019" + "08" + "0000000000000003" + BALLOT_BYTES
            + "cb5819dc"
            // end
            + "00000021" + "03" + "0000000000000001" + "0000000000000002" + "0000000000000001"
            + "0000000000000001" + "93d56b8b";

    private static byte[] written() throws IOException {
        MemoryFile file = new MemoryFile();
        SnapshotWriter writer = new SnapshotWriter(file);
        writer.begin(HEAD);
        writer.add(ENTRIES);
        assertEquals(new SnapshotTotals(1, 2, 1, 1), writer.end());
        return file.bytes();
    }

    private static Manifest read(byte[] bytes, List<String> entries) throws IOException {
        return new SnapshotReader(new MemoryFile(bytes), "the file").read(entry -> entries.add(hex(entry)));
    }

    private static StorageException refused(byte[] bytes) {
        return assertThrows(StorageException.class, () -> read(bytes, new ArrayList<>()));
    }

    @Test
    void aSnapshotHasTheseBytes() throws IOException {
        assertEquals(FILE, HexFormat.of().formatHex(written()));
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        List<String> entries = new ArrayList<>();
        Manifest manifest = read(written(), entries);
        assertEquals(HEAD, manifest.head());
        assertEquals(new SnapshotTotals(1, 2, 1, 1), manifest.totals());
        assertEquals(5, entries.size());
        assertEquals(
                List.of("05", "05", "07", "04", "08"),
                entries.stream().map(each -> each.substring(0, 2)).toList());
    }

    @Test
    void aSnapshotThatIsCutShortAnywhereIsRefused() throws IOException {
        byte[] whole = written();
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
        refused(Arrays.copyOf(whole, whole.length + 1));
    }

    @Test
    void aSnapshotOfWhichAnyBitIsChangedIsRefused() throws IOException {
        byte[] whole = written();
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            refused(changed);
        }
    }

    /** The end of a longer one proves nothing for a shorter one. */
    @Test
    void aSnapshotThatLacksAPartIsRefused() throws IOException {
        MemoryFile file = new MemoryFile();
        SnapshotWriter writer = new SnapshotWriter(file);
        writer.begin(HEAD);
        int from = (int) writer.bytes();
        writer.add(ENTRIES.subList(0, 2));
        int to = (int) writer.bytes();
        writer.add(ENTRIES.subList(2, 5));
        writer.end();
        byte[] whole = file.bytes();
        ByteBuffer without = ByteBuffer.allocate(whole.length - (to - from));
        without.put(whole, 0, from).put(whole, to, whole.length - to);
        assertTrue(refused(without.array()).getMessage().contains("checksum"));
    }

    @Test
    void aSnapshotOfALaterVersionAsksForThatVersion() throws IOException {
        byte[] later = written();
        later[11] = 2;
        assertTrue(refused(later).getMessage().contains("format 2"));
    }

    @Test
    void aSnapshotThatIsBegunAgainHasNothingOfBefore() throws IOException {
        MemoryFile file = new MemoryFile();
        SnapshotWriter writer = new SnapshotWriter(file);
        writer.begin(HEAD);
        writer.add(ENTRIES);
        writer.add(ENTRIES);
        writer.begin(HEAD);
        writer.add(ENTRIES);
        writer.end();
        assertEquals(HexFormat.of().formatHex(written()), HexFormat.of().formatHex(file.bytes()));
    }

    @Test
    void manyEntriesAreWrittenInSeveralFrames() throws IOException {
        MemoryFile file = new MemoryFile();
        SnapshotWriter writer = new SnapshotWriter(file);
        writer.begin(HEAD);
        List<Listed> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(new Listed.Register(
                    new RecordKey(3, new byte[] {(byte) i}),
                    BALLOT,
                    BALLOT,
                    new byte[SnapshotFormat.FRAME_BYTES / 10]));
        }
        writer.add(many);
        writer.end();
        List<String> entries = new ArrayList<>();
        assertEquals(100, read(file.bytes(), entries).totals().registers());
        assertEquals(100, entries.size());
    }
}
