package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One pass over the frames of a segment, and its end. */
final class SegmentScan {
    private final SegmentHeader header;
    private final DiskFile file;
    private final SegmentReader in;
    private final Consumer<ByteBuffer> recovered;
    private long offset = SegmentHeader.BYTES;
    private long lastFrame = offset;
    private long sequence;
    private long endOfData = offset;
    private boolean sealed;

    SegmentScan(SegmentHeader header, DiskFile file, Consumer<ByteBuffer> recovered) throws IOException {
        this.header = header;
        this.file = file;
        this.in = new SegmentReader(file);
        this.recovered = recovered;
        this.sequence = header.firstSequence();
    }

    /**
     * Hands over the records of all intact frames from the start on; returns what proves damage, or
     * null.
     */
    @Nullable
    String run() throws IOException {
        while (!sealed) {
            FrameHeader frame = intactFrame();
            if (frame == null) {
                endOfData = in.endOfData(offset);
                String later = laterFrame();
                return later == null ? missingSpace() : later;
            }
            if (frame.kind() == FrameHeader.RECORDS) {
                handOver(in.at(offset + FrameHeader.BYTES, frame.length()));
            }
            sealed = frame.kind() == FrameHeader.SEAL;
            lastFrame = offset;
            offset += frame.frameBytes();
            sequence++;
        }
        return null;
    }

    SegmentHeader header() {
        return header;
    }

    /** The segment's file, still open. */
    DiskFile file() {
        return file;
    }

    /** The end of the last intact frame. */
    long offset() {
        return offset;
    }

    /** Where the last intact frame begins; {@link #offset()} if there is none. */
    long lastFrame() {
        return lastFrame;
    }

    /** The number that comes after that of the last intact frame. */
    long sequence() {
        return sequence;
    }

    boolean sealed() {
        return sealed;
    }

    /** Whether the file has no zeros at its end. */
    boolean endsWithData() {
        return in.size() == endOfData;
    }

    /** Whether there are other bytes than zeros behind the last intact frame. */
    boolean cutShort() {
        return endOfData > offset;
    }

    /** Whether there are only zeros behind the header. */
    boolean isBlank() {
        return endOfData == SegmentHeader.BYTES;
    }

    long endOfData() {
        return endOfData;
    }

    private @Nullable FrameHeader intactFrame() throws IOException {
        FrameHeader frame = frameHeader(offset);
        if (frame == null || frame.sequence() != sequence || !in.has(offset, frame.frameBytes())) {
            return null;
        }
        return frame.payloadIntact(in.at(offset, frame.frameBytes())) ? frame : null;
    }

    private @Nullable FrameHeader frameHeader(long at) throws IOException {
        return in.has(at, FrameHeader.BYTES) ? FrameHeader.decode(in.at(at, FrameHeader.BYTES), header, at) : null;
    }

    private @Nullable String laterFrame() throws IOException {
        FrameHeader unfinished = frameHeader(offset);
        if (unfinished != null && unfinished.sequence() == sequence && endOfData > offset + unfinished.frameBytes()) {
            return "frame " + sequence + " is damaged, but the bytes behind it, up to offset " + endOfData
                    + ", were written later";
        }
        for (long at = offset; at < endOfData; at += FrameHeader.ALIGNMENT) {
            FrameHeader later = frameHeader(at);
            if (later != null && later.sequence() > sequence) {
                return "frame " + sequence + " is damaged, but frame " + later.sequence() + " at offset " + at
                        + " was written later";
            }
        }
        return null;
    }

    /** What is wrong if the file is shorter than a crash can leave it; null if it is not. */
    private @Nullable String missingSpace() throws IOException {
        FrameHeader unfinished = frameHeader(offset);
        long end = unfinished == null ? offset : offset + unfinished.frameBytes();
        long least = Math.max(SegmentSpace.atLeast(lastFrame, offset), end);
        if (header.spaced() && in.size() < least) {
            return "the file ends at offset " + in.size() + ", but it had at least " + least
                    + " bytes when the last write began: it was truncated";
        }
        return null;
    }

    private void handOver(ByteBuffer records) {
        int end = records.limit();
        while (records.hasRemaining()) {
            int next = records.getInt() + records.position();
            recovered.accept(records.limit(next));
            records.limit(end).position(next);
        }
    }
}
