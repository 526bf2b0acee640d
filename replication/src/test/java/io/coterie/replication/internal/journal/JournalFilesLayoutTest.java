package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Layouts;
import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Journals outlive the version that wrote them. All that is expected here, checksums included,
 * another program has worked out.
 */
class JournalFilesLayoutTest {
    private static final NodeId A = NodeId.of("a");
    private static final long JOURNAL = 0x0102030405060708L;
    private static final SegmentHeader SECOND = new SegmentHeader(A, JOURNAL, 2, 3);

    /** The magic, "COTERIEJ", the version and the journal's number. */
    private static final String BEGIN = "434f54455249454a" + "00000001" + "0102030405060708";

    private static final String NAME = "01" + "61" + "00".repeat(63);

    /** Three records: "ab", "" and "c". */
    private static final String RECORDS = "00000002" + "6162" + "00000000" + "00000001" + "63";

    @Test
    void theHeaderOfASegment() {
        assertHeader("01", "ca2ddab5", SECOND);
    }

    /** Releases that took space for a file in another way wrote zero there. */
    @Test
    void theHeaderOfASegmentWhoseSizeFollowsNoRule() {
        assertHeader("00", "b5f847c8", new SegmentHeader(A, JOURNAL, 2, 3, false));
    }

    private static void assertHeader(String spaced, String crc, SegmentHeader header) {
        String head = BEGIN + "0000000000000002" + "0000000000000003" + NAME + spaced;
        String expected = head + "00".repeat(4092 - 102) + crc;
        assertEquals(expected, Layouts.hex(header.encode()));
        assertEquals(header, SegmentHeader.decode(Layouts.bytes(expected)));
        assertNull(SegmentHeader.decode(Layouts.bytes(expected + "00")));
    }

    @Test
    void aLaterVersionOfTheFormatIsReported() {
        assertEquals(2, SegmentHeader.newerVersion(Layouts.bytes("434f54455249454a" + "00000002")));
        assertEquals(0, SegmentHeader.newerVersion(Layouts.bytes(BEGIN)));
    }

    @Test
    void aFrameOfRecords() {
        ByteBuffer frame = Layouts.bytes("00".repeat(FrameHeader.BYTES) + RECORDS + "00");
        FrameHeader.encode(frame, FrameHeader.RECORDS, RECORDS.length() / 2, 3, SECOND, 4096);

        String expected = "434a4652" + "0000000f" + "0000000000000003" + "b6eb916f" + "02b058d4" + RECORDS + "00";
        assertEquals(expected, Layouts.hex(frame));
        FrameHeader read = Objects.requireNonNull(FrameHeader.decode(Layouts.bytes(expected), SECOND, 4096));
        assertEquals(new FrameHeader(FrameHeader.RECORDS, 15, 3, 0xb6eb916f), read);
        assertTrue(read.payloadIntact(Layouts.bytes(expected)));
        assertNull(FrameHeader.decode(Layouts.bytes(expected), SECOND, 4104), "elsewhere it is no frame");
    }

    @Test
    void framesWithoutRecords() {
        assertFrame("434a4653" + "00000000" + "0000000000000004" + "00000000" + "173d029e", FrameHeader.SEAL, 4, 4136);
        assertFrame("434a464d" + "00000000" + "0000000000000005" + "00000000" + "722f71b4", FrameHeader.MARK, 5, 4160);
    }

    private static void assertFrame(String expected, int kind, long sequence, long offset) {
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES);
        FrameHeader.encode(frame, kind, 0, sequence, SECOND, offset);
        assertEquals(expected, Layouts.hex(frame));
        assertEquals(
                new FrameHeader(kind, 0, sequence, 0), FrameHeader.decode(Layouts.bytes(expected), SECOND, offset));
    }

    @Test
    void aWholeJournalIsRead() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        String file = BEGIN + "0000000000000001" + "0000000000000001" + NAME + "01" + "00".repeat(4092 - 102)
                + "c121efa1" + "434a4652" + "0000000f" + "0000000000000001" + "b6eb916f" + "6f12ac12" + RECORDS + "00";
        try (Disk open = disk.open(A);
                DiskFile segment = open.open("journal-0000000001")) {
            segment.write(0, Layouts.bytes(file + "00".repeat((64 << 10) - file.length() / 2)));
        }

        assertEquals(List.of("ab", "", "c"), new JournalUser(Storage.on(disk)).recovered);
    }

    @Test
    void recordsAreWrittenAsOneFrameWithTheirLengths() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        JournalUser user = new JournalUser(Storage.on(disk));
        List.of("ab", "", "c").forEach(user::append);
        user.settle(disk);

        try (Disk open = disk.open(A);
                DiskFile segment = open.open("journal-0000000001")) {
            ByteBuffer bytes = ByteBuffer.allocate((int) segment.size());
            segment.read(0, bytes);
            SegmentHeader header = Objects.requireNonNull(SegmentHeader.decode(bytes.slice(0, SegmentHeader.BYTES)));
            bytes.flip();
            int at = SegmentHeader.BYTES;
            FrameHeader frame = FrameHeader.decode(bytes.slice(at, bytes.limit() - at), header, at);
            while (frame != null && frame.kind() != FrameHeader.RECORDS) {
                at += frame.frameBytes();
                frame = FrameHeader.decode(bytes.slice(at, bytes.limit() - at), header, at);
            }
            assertEquals(RECORDS + "00", Layouts.hex(bytes.slice(at + FrameHeader.BYTES, 16)));
        }
    }

    @Test
    void filesGoByTheseNames() {
        assertEquals("journal-0000000007", SegmentHeader.fileName(7));
        assertEquals("start-0000000007", JournalStart.fileName(7));
        assertEquals("reached-0000000000000000123", JournalReach.fileName(123));
        assertEquals("repair-0123456789012345678", RepairMark.fileName(123456789012345678L));
        assertEquals(7, SegmentHeader.numberOf("journal-0000000007"));
        assertEquals(7, JournalStart.of(List.of("start-0000000007", "start-0000000003")));
        assertEquals(123, JournalReach.of(List.of("reached-0000000000000000123")));
        assertEquals(123456789012345678L, RepairMark.bound(List.of("repair-0123456789012345678")));
    }
}
