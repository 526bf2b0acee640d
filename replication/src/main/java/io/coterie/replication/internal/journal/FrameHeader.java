package io.coterie.replication.internal.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head of a frame, which is what a journal writes with one force: a batch of records, or a note
 * about the journal itself. Frames stand one after the other, each at a multiple of eight bytes;
 * zeros stand after the last.
 *
 * <pre>
 * offset  bytes
 *      0      4  kind: "CJFR" records, "CJFS" seal, "CJFM" mark
 *      4      4  length of the payload
 *      8      8  sequence number, one higher than that of the frame before, across segments
 *     16      4  CRC32C of the payload and its padding
 *     20      4  CRC32C of journal, segment, the frame's offset and the 20 bytes before
 *     24         payload: for each record length (4) and bytes; then zeros to a multiple of 8
 * </pre>
 *
 * <p>The header's checksum covers id, segment and offset, so that no bytes from elsewhere can pass
 * for a frame of this place: an application may have stored a piece of a journal as a value.
 *
 * @param kind one of the constants below
 * @param length of the payload in bytes, without padding
 * @param sequence the frame's number
 * @param payloadCrc the checksum of payload and padding
 */
record FrameHeader(int kind, int length, long sequence, int payloadCrc) {
    static final int BYTES = 24;
    static final int ALIGNMENT = 8;

    /** A batch of records. */
    static final int RECORDS = 0x434a4652;
    /**
     * The last frame of a segment: the next segment's header was durable before this was written.
     */
    static final int SEAL = 0x434a4653;
    /** Proves that all frames before it were durable when it was written, and nothing else. */
    static final int MARK = 0x434a464d;

    /**
     * The longest record, in bytes: far above the longest message, and small enough for the memory.
     */
    static final int MAX_RECORD_BYTES = 96 << 20;

    private static final int MAX_LENGTH = MAX_RECORD_BYTES + Integer.BYTES;
    private static final int CRC_OFFSET = 20;

    /** The bytes that a frame takes, its padding included. */
    static int frameBytes(int length) {
        return BYTES + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    int frameBytes() {
        return frameBytes(length);
    }

    /** Writes the header over the first bytes of a frame whose payload and padding are in place. */
    static void encode(ByteBuffer frame, int kind, int length, long sequence, SegmentHeader segment, long offset) {
        frame.putInt(0, kind).putInt(4, length).putLong(8, sequence).putInt(16, payloadCrc(frame));
        frame.putInt(CRC_OFFSET, headerCrc(frame, segment, offset));
    }

    /**
     * The header at the start of the buffer, or null if there is no intact one. No length may be
     * used before this check.
     */
    static @Nullable FrameHeader decode(ByteBuffer in, SegmentHeader segment, long offset) {
        int kind = in.getInt(0);
        boolean known = kind == RECORDS || kind == SEAL || kind == MARK;
        int length = in.getInt(4);
        if (!known || length < 0 || length > MAX_LENGTH || in.getInt(CRC_OFFSET) != headerCrc(in, segment, offset)) {
            return null;
        }
        return new FrameHeader(kind, length, in.getLong(8), in.getInt(16));
    }

    boolean payloadIntact(ByteBuffer frame) {
        return payloadCrc(frame) == payloadCrc;
    }

    private static int payloadCrc(ByteBuffer frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame.slice(BYTES, frame.limit() - BYTES));
        return (int) crc.getValue();
    }

    private static int headerCrc(ByteBuffer frame, SegmentHeader segment, long offset) {
        ByteBuffer place = ByteBuffer.allocate(3 * Long.BYTES);
        place.putLong(segment.journal()).putLong(segment.segment()).putLong(offset);
        CRC32C crc = new CRC32C();
        crc.update(place.flip());
        crc.update(frame.slice(0, CRC_OFFSET));
        return (int) crc.getValue();
    }
}
