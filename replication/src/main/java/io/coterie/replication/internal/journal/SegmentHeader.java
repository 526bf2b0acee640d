package io.coterie.replication.internal.journal;

import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first block of each file of a journal. The files are its segments, {@code journal-0000000001}
 * and on.
 *
 * <pre>
 * offset  bytes
 *      0      8  magic, "COTERIEJ"
 *      8      4  version of the format, 1
 *     12      8  journal: drawn at random when the journal was made, the same in all its segments
 *     20      8  segment: the file's number
 *     28      8  sequence number of the segment's first frame
 *     36      1  length of the replica's name
 *     37     64  the replica's name
 *    101      1  1 if the size follows {@link SegmentSpace}; 0 from earlier releases
 *    102         zeros
 *   4092      4  CRC32C of all that stands before it
 *   4096         frames, see {@link FrameHeader}
 * </pre>
 *
 * <p>The header has a block of its own, so that no write of a frame touches its sectors.
 *
 * @param self the replica's name
 * @param journal the journal's random id
 * @param segment the number of the file, 1 or more
 * @param firstSequence the sequence number of the segment's first frame
 * @param spaced whether the file's size follows {@link SegmentSpace}, so that a shorter file was
 *     truncated
 */
record SegmentHeader(NodeId self, long journal, long segment, long firstSequence, boolean spaced) {
    static final int BYTES = 4096;

    private static final long MAGIC = 0x434f54455249454aL;
    private static final int VERSION = 1;
    private static final int SPACED_OFFSET = 101;
    private static final int CRC_OFFSET = BYTES - Integer.BYTES;
    private static final Pattern NAME = Pattern.compile("journal-([0-9]{10})");

    SegmentHeader(NodeId self, long journal, long segment, long firstSequence) {
        this(self, journal, segment, firstSequence, true);
    }

    static String fileName(long segment) {
        return String.format(Locale.ROOT, "journal-%010d", segment);
    }

    /** The number of the segment in a file of that name, or 0 if the file is no segment. */
    static long numberOf(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    String fileName() {
        return fileName(segment);
    }

    /** The header of the segment after this one. */
    SegmentHeader next(long sequence) {
        return new SegmentHeader(self, journal, segment + 1, sequence);
    }

    /** Whether it is the header of the same segment, even if another release wrote it. */
    boolean names(SegmentHeader other) {
        return equals(new SegmentHeader(other.self, other.journal, other.segment, other.firstSequence, spaced));
    }

    ByteBuffer encode() {
        byte[] name = self.name().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer block = ByteBuffer.allocate(BYTES);
        block.putLong(MAGIC).putInt(VERSION).putLong(journal).putLong(segment).putLong(firstSequence);
        block.put((byte) name.length).put(name).put(SPACED_OFFSET, (byte) (spaced ? 1 : 0));
        return block.putInt(CRC_OFFSET, crc(block)).clear();
    }

    /**
     * The version of a format that is newer than this code knows, or 0. It may be called for a
     * block that {@link #decode} refuses.
     */
    static int newerVersion(ByteBuffer block) {
        boolean ours = block.remaining() >= 12 && block.getLong(0) == MAGIC;
        return ours && block.getInt(8) > VERSION ? block.getInt(8) : 0;
    }

    /** The header in the block, or null if it is damaged or incomplete. */
    static @Nullable SegmentHeader decode(ByteBuffer block) {
        if (block.remaining() != BYTES
                || block.getLong(0) != MAGIC
                || block.getInt(8) != VERSION
                || block.getInt(CRC_OFFSET) != crc(block)) {
            return null;
        }
        byte[] name = new byte[block.get(36)];
        block.get(37, name);
        return new SegmentHeader(
                NodeId.of(new String(name, StandardCharsets.US_ASCII)),
                block.getLong(12),
                block.getLong(20),
                block.getLong(28),
                block.get(SPACED_OFFSET) == 1);
    }

    private static int crc(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
