package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The end of a journal, where frames are added. Once the journal is open, only jobs of the disk use
 * it.
 *
 * <p>Space is filled with zeros ahead of use, see {@link SegmentSpace}.
 *
 * <p>The change to the next segment makes the new file's header durable, then the old file's seal,
 * and only then writes a frame to the new file. So at a crash, either the old segment is sealed and
 * the new one's header must exist, or no frame of the new one was ever acknowledged.
 */
final class JournalWriter {
    private static final int ZEROS_AT_ONCE = 1 << 20;

    private final Disk disk;
    private final int segmentBytes;
    private SegmentHeader header;
    private DiskFile file;
    private long offset;
    private long sequence;
    private long filledUpTo;
    private boolean broken;

    private JournalWriter(
            Disk disk, int segmentBytes, SegmentHeader header, DiskFile file, long offset, long sequence) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.header = header;
        this.file = file;
        this.offset = offset;
        this.sequence = sequence;
        this.filledUpTo = SegmentSpace.behind(offset);
    }

    /** Makes the first segment, whatever a crash during an earlier attempt left of it. */
    static JournalWriter create(Disk disk, int segmentBytes, SegmentHeader header) throws IOException {
        DiskFile file = createSegment(disk, header);
        return new JournalWriter(disk, segmentBytes, header, file, SegmentHeader.BYTES, header.firstSequence());
    }

    /**
     * Continues after the last intact frame, and overwrites the bytes behind it with zeros.
     *
     * @param file the segment, open since it was read, so that nobody has written to it
     * @param offset where the next frame goes
     * @param sequence the next frame's number
     */
    static JournalWriter resume(
            Disk disk, int segmentBytes, DiskFile file, SegmentHeader header, long offset, long sequence)
            throws IOException {
        fill(file, offset, Math.max(file.size(), SegmentSpace.behind(offset)));
        file.force();
        return new JournalWriter(disk, segmentBytes, header, file, offset, sequence);
    }

    /**
     * Makes the frames that were read durable. The force of the last frame may have failed, or may
     * never have happened, before the process ended. The frame is then in the system's cache, which
     * may consider it clean, so that a force alone would do nothing.
     *
     * @param lastFrame the offset of the last frame, or the writer's own if there is none
     */
    void confirm(long lastFrame) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate((int) (offset - lastFrame));
        file.read(lastFrame, frame);
        file.write(0, header.encode());
        file.write(lastFrame, frame.flip());
        file.force();
        put(ByteBuffer.allocate(FrameHeader.BYTES), FrameHeader.MARK, 0);
        file.force();
        JournalReach.declare(disk, sequence);
    }

    /**
     * Writes a frame and makes it durable. After a failure every further call fails: the result of
     * a failed force is unknown, and a second one that succeeds proves nothing.
     *
     * @param frame room for the header, then records
     * @param length of the records, without padding
     */
    void write(ByteBuffer frame, int length) throws IOException {
        requireIntact();
        if (offset > SegmentHeader.BYTES && offset + frame.remaining() > segmentBytes) {
            roll();
        }
        put(frame, FrameHeader.RECORDS, length);
        file.force();
        broken = false;
    }

    /** Changes to the next segment. */
    void roll() throws IOException {
        SegmentHeader next = header.next(sequence + 1);
        DiskFile nextFile = createSegment(disk, next);
        put(ByteBuffer.allocate(FrameHeader.BYTES), FrameHeader.SEAL, 0);
        file.force();
        file.close();
        header = next;
        file = nextFile;
        offset = SegmentHeader.BYTES;
        filledUpTo = SegmentSpace.behind(offset);
    }

    /** Changes to the next segment, however much room this one has, and returns its number. */
    long cut() throws IOException {
        requireIntact();
        roll();
        broken = false;
        return header.segment();
    }

    /**
     * Declares that the journal begins with a segment. A mark is written first: it proves that the
     * records that replace the earlier segments were durable, so that damage to them is detected.
     *
     * @return the files that no longer have a meaning
     */
    List<String> beginWith(long segment) throws IOException {
        requireIntact();
        put(ByteBuffer.allocate(FrameHeader.BYTES), FrameHeader.MARK, 0);
        file.force();
        JournalStart.declare(disk, segment);
        broken = false;
        return JournalStart.superseded(disk.list());
    }

    /** Marks all frames as durable, unless a write failed, and closes the file. */
    void close() throws IOException {
        try (DiskFile last = file) {
            if (!broken) {
                broken = true;
                put(ByteBuffer.allocate(FrameHeader.BYTES), FrameHeader.MARK, 0);
                last.force();
                JournalReach.declare(disk, sequence);
            }
        }
    }

    /** Where the next frame goes, for texts. */
    String place() {
        return header.fileName() + " in " + disk + ", offset " + offset;
    }

    /** The writer counts as broken until the caller resets it. */
    private void requireIntact() throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed");
        }
        broken = true;
    }

    private static DiskFile createSegment(Disk disk, SegmentHeader header) throws IOException {
        DiskFile file = disk.open(header.fileName());
        file.truncate(0);
        file.write(0, header.encode());
        fill(file, SegmentHeader.BYTES, SegmentSpace.behind(SegmentHeader.BYTES));
        file.force();
        return file;
    }

    private void put(ByteBuffer frame, int kind, int length) throws IOException {
        FrameHeader.encode(frame, kind, length, sequence, header, offset);
        long end = offset + frame.remaining();
        long space = SegmentSpace.behind(end);
        if (end > filledUpTo) {
            // The last byte makes the room: to fill all of it would write everything twice.
            fill(file, space - 1, space);
            file.force();
        }
        file.write(offset, frame);
        fill(file, Math.max(end, filledUpTo), space);
        filledUpTo = space;
        offset = end;
        sequence++;
    }

    private static void fill(DiskFile file, long from, long to) throws IOException {
        for (long at = from; at < to; at += ZEROS_AT_ONCE) {
            file.write(at, ByteBuffer.allocate((int) Math.min(to - at, ZEROS_AT_ONCE)));
        }
    }
}
