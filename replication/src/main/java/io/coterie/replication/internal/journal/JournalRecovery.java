package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its first record to its last, and decides what anything unreadable means.
 *
 * <p>A frame that was cut short by a death was never acknowledged and is dropped. A frame that was
 * acknowledged and is damaged now must never be dropped: the replica would forget what it promised.
 * The two look alike, and any part of a frame that was not forced may have reached the disk, its
 * last page and not its first, say. What tells them apart is what follows. A frame is written only
 * after the force of the one before it succeeded, so whoever stands before another frame was
 * durable. A damaged frame is taken for cut short only where nothing proves a later write: no
 * intact frame header with a higher number anywhere behind it, and no later segment. The header of
 * that later frame is proof enough, its payload may be torn.
 *
 * <p>Frames that are gone without a trace are noticed in two ways. A file is never shorter than
 * {@link SegmentSpace} says, so one that is was cut. And {@link JournalReach} says outside of the
 * files how far they reached at the last start and the last orderly close.
 *
 * <p>What remains is damage to frames at the very end that leaves the file's size as it was. It
 * cannot be told from a write cut short. The mark that is written after each opening and at each
 * orderly close narrows that to what was written since the last start before a crash, and with a
 * damage within one frame to the last batch.
 */
final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecovery.class);

    /**
     * An empty file, made after the first segment's header is durable and before the first frame:
     * where it is, a first segment that is gone or empty was lost, and not just never finished.
     */
    private static final String MADE = "journal";

    private final Disk disk;
    private final NodeId self;
    private final Consumer<ByteBuffer> recovered;
    private long bytes;

    JournalRecovery(Disk disk, NodeId self, Consumer<ByteBuffer> recovered) {
        this.disk = disk;
        this.self = self;
        this.recovered = recovered;
    }

    /** Hands over all records, and returns the end of the journal, ready to be written to. */
    JournalWriter recover(int segmentBytes, RandomSource random) throws IOException {
        List<String> files = disk.list();
        long start = JournalStart.of(files);
        long last = lastSegment(files, start);
        boolean made = files.contains(MADE);
        SegmentHeader first = last == 0 ? null : firstHeader(start, last, made);
        if (first == null && made) {
            throw damaged(1, 0, "the file is missing or empty, but \"" + MADE + "\" shows that it was complete");
        }
        if (recovered instanceof RecoveredRecords records) {
            records.expect((last - start + 1) * segmentBytes);
        }
        JournalWriter writer = first == null
                ? JournalWriter.create(disk, segmentBytes, new SegmentHeader(self, random.nextLong(), 1, 1))
                : readAll(first, last, JournalReach.of(files), segmentBytes);
        disk.open(MADE).close();
        for (String file : JournalStart.superseded(files)) {
            disk.delete(file);
        }
        return writer;
    }

    /** How many bytes of records were read. */
    long bytes() {
        return bytes;
    }

    private JournalWriter readAll(SegmentHeader first, long last, long reached, int segmentBytes) throws IOException {
        SegmentScan before = null;
        SegmentScan scan = read(first);
        if (first.segment() > 1 && scan.offset() == SegmentHeader.BYTES) {
            throw damaged(
                    first.segment(),
                    scan.offset(),
                    "there is no intact frame, but \"" + JournalStart.fileName(first.segment())
                            + "\" shows that the file replaced earlier ones");
        }
        while (scan.sealed()) {
            close(before);
            before = scan;
            scan = read(nextHeader(scan, last));
        }
        boolean rolling = scan.header().segment() < last;
        if (rolling) {
            requireInterruptedRoll(scan, last);
        }
        requireReach(scan, reached);
        reportCut(scan);
        if (before != null && scan.isBlank()) {
            // Nothing proves that the seal before it is durable: it is written again.
            close(scan);
            JournalWriter writer = JournalWriter.resume(
                    disk, segmentBytes, before.file(), before.header(), before.lastFrame(), before.sequence() - 1);
            writer.roll();
            return writer;
        }
        close(before);
        JournalWriter writer =
                JournalWriter.resume(disk, segmentBytes, scan.file(), scan.header(), scan.offset(), scan.sequence());
        if (rolling) {
            writer.roll();
        } else {
            writer.confirm(scan.lastFrame());
            if (!scan.header().spaced()) {
                writer.roll();
            }
        }
        return writer;
    }

    /**
     * The number of the last segment, 0 if there is none; all before it must be there, from the
     * start on.
     */
    private long lastSegment(List<String> files, long start) {
        List<Long> numbers = files.stream()
                .map(SegmentHeader::numberOf)
                .filter(number -> number >= start)
                .sorted()
                .toList();
        for (int i = 0; i < numbers.size(); i++) {
            if (numbers.get(i) != start + i) {
                throw damaged(
                        start + i, 0, "the file is missing, but " + SegmentHeader.fileName(numbers.get(i)) + " exists");
            }
        }
        if (numbers.isEmpty() && start > 1) {
            throw damaged(start, 0, "the file is missing, but \"" + JournalStart.fileName(start) + "\" exists");
        }
        return numbers.isEmpty() ? 0 : start + numbers.size() - 1;
    }

    /**
     * The first segment's header, or null if the making of the very first one was cut short, which
     * leaves no frame and maybe only a part of a header.
     */
    private @Nullable SegmentHeader firstHeader(long start, long last, boolean made) throws IOException {
        try (DiskFile file = disk.open(SegmentHeader.fileName(start))) {
            SegmentReader in = new SegmentReader(file);
            SegmentHeader header = header(in, start);
            if (header == null) {
                if (last > 1 || in.endOfData(SegmentHeader.BYTES) > SegmentHeader.BYTES) {
                    throw damaged(start, 0, "the header is damaged");
                }
                return null;
            }
            requireOwner(header);
            if (header.segment() != start || (start == 1) != (header.firstSequence() == 1)) {
                throw damaged(start, 0, "the file has the wrong name: it holds segment " + header.segment());
            }
            boolean unfinished = !made && last == 1 && in.endOfData(SegmentHeader.BYTES) == SegmentHeader.BYTES;
            return unfinished ? null : header;
        }
    }

    private SegmentHeader nextHeader(SegmentScan sealed, long last) throws IOException {
        SegmentHeader expected = sealed.header().next(sealed.sequence());
        // Looked for again: another process, whose lock is noticed when it is opened, may have made
        // it since.
        if (expected.segment() > last && !disk.list().contains(expected.fileName())) {
            throw damaged(expected.segment(), 0, "the file is missing, but the segment before it is sealed");
        }
        try (DiskFile file = disk.open(expected.fileName())) {
            SegmentHeader header = header(new SegmentReader(file), expected.segment());
            if (header == null) {
                throw damaged(expected.segment(), 0, "the header is damaged");
            }
            requireOwner(header);
            if (!header.names(expected)) {
                throw damaged(expected.segment(), 0, "found " + header + " where " + expected + " belongs");
            }
            return header;
        }
    }

    private @Nullable SegmentHeader header(SegmentReader in, long segment) throws IOException {
        ByteBuffer block = in.at(0, (int) Math.min(SegmentHeader.BYTES, in.size()));
        int newer = SegmentHeader.newerVersion(block);
        if (newer != 0) {
            throw new StorageException(
                    SegmentHeader.fileName(segment) + " in " + disk + " has format version " + newer
                            + ", and this release reads version 1 only. A newer release wrote it: start that release,"
                            + " or a later one.",
                    false,
                    null);
        }
        return SegmentHeader.decode(block);
    }

    private void requireOwner(SegmentHeader header) {
        if (!header.self().equals(self)) {
            throw new StorageException(
                    header.fileName() + " in " + disk + " belongs to replica " + header.self() + ", not to " + self
                            + ". Give each replica its own directory.",
                    false,
                    null);
        }
    }

    /**
     * Reads a segment and leaves its file open, so that the one that is written to next stays
     * locked in between.
     */
    private SegmentScan read(SegmentHeader header) throws IOException {
        SegmentScan scan = new SegmentScan(header, disk.open(header.fileName()), recovered);
        String problem = scan.run();
        if (problem != null) {
            throw damaged(header.segment(), scan.offset(), problem);
        }
        bytes += scan.offset() - SegmentHeader.BYTES;
        return scan;
    }

    private static void close(@Nullable SegmentScan scan) throws IOException {
        if (scan != null) {
            scan.file().close();
        }
    }

    /**
     * Requires that a segment without a seal, which is not the last, is one whose seal was about to
     * be written: the next one is the last, has no frame, and was made to follow right here.
     */
    private void requireInterruptedRoll(SegmentScan scan, long last) throws IOException {
        SegmentHeader here = scan.header();
        SegmentHeader expected = here.next(scan.sequence() + 1);
        try (DiskFile file = disk.open(expected.fileName())) {
            SegmentReader in = new SegmentReader(file);
            SegmentHeader next = header(in, expected.segment());
            boolean empty = expected.segment() == last && in.endOfData(SegmentHeader.BYTES) == SegmentHeader.BYTES;
            // Before the next header was whole, not even a seal was under way here.
            boolean follows = next == null ? !scan.cutShort() : next.names(expected);
            if (scan.isBlank() || !empty || !follows) {
                throw damaged(
                        here.segment(),
                        scan.offset(),
                        "there is no intact frame, but " + expected.fileName() + " was begun later");
            }
        }
    }

    private void requireReach(SegmentScan scan, long reached) {
        if (scan.sequence() < reached) {
            throw damaged(
                    scan.header().segment(),
                    scan.offset(),
                    "the last intact frame is number " + (scan.sequence() - 1) + ", but \""
                            + JournalReach.fileName(reached) + "\" shows that all frames before number "
                            + reached + " were durable");
        }
    }

    private void reportCut(SegmentScan scan) {
        if (!scan.header().spaced() && scan.endsWithData()) {
            LOG.warn(
                    "{} in {} ends at offset {}, without space for more. If anything but a crash during a write truncated it,"
                            + " acknowledged records may be lost: then stop this replica and restore the intact file",
                    scan.header().fileName(),
                    disk,
                    scan.endOfData());
        }
        if (scan.cutShort()) {
            LOG.info(
                    "Removed {} bytes of an unfinished write at the end of {} in {}, offset {}",
                    scan.endOfData() - scan.offset(),
                    scan.header().fileName(),
                    disk,
                    scan.offset());
        }
    }

    private StorageException damaged(long segment, long offset, String problem) {
        return new StorageException(
                SegmentHeader.fileName(segment) + " in " + disk + ", offset " + offset + ": " + problem
                        + ". The journal of " + self
                        + " is damaged, and acknowledged records may be lost, so the replica must not start on it. If you"
                        + " can recover the intact file, restore it (never an older copy: it lacks later promises)."
                        + " Otherwise leave this replica stopped: the others continue without it, and no other replica may"
                        + " take its place in their lists.",
                false,
                null);
    }
}
