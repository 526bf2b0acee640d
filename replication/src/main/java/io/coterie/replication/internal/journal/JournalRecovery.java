package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
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
 * <p>A frame that a crash cut short was never acknowledged, and is dropped. A frame that was
 * acknowledged and is now damaged must never be dropped: the replica would forget its promises. The
 * two look alike, because any part of a frame that was not forced may have reached the disk, for
 * instance its last page without its first. The bytes behind the frame distinguish them. A frame is
 * written only after the force of the one before it succeeded, so a frame in front of another one
 * was durable. A damaged frame counts as cut short only where nothing proves a later write: no
 * intact frame header with a higher number anywhere behind it, and no later segment. The header of
 * a later frame is proof enough, even if its payload is torn.
 *
 * <p>Frames that were lost without a trace are detected in two ways. A file is never shorter than
 * {@link SegmentSpace} defines, so a shorter one was truncated. And {@link JournalReach} records,
 * outside of the segments, how far they reached at the last start and the last orderly close.
 *
 * <p>One case remains: damage to frames at the very end that leaves the size of the file as it was.
 * It cannot be distinguished from a write that was cut short. The mark that is written after each
 * opening and at each orderly close limits this to the frames since the last start before a crash;
 * damage within one frame is limited to the last batch.
 */
final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecovery.class);

    /**
     * An empty file, made after the first segment's header is durable and before the first frame.
     * Where it exists, a missing or empty first segment was lost; otherwise it was never finished.
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

    /** Hands over all records, and returns a writer at the end of the journal. */
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
            // Nothing proves that the seal of the segment before is durable: it is written again.
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
     * The number of the last segment, 0 if there is none. All segments from the start on must
     * exist.
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
     * The first segment's header, or null if a crash cut the creation of the very first one short.
     * Then there is no frame, and maybe only a part of the header.
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
        // A second look: another process may have made it since; its lock is noticed at the
        // opening.
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

    /** Reads a segment and leaves its file open, so that the file to write to stays locked. */
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
     * Checks a segment without a seal that is not the last. It is valid only if a crash came just
     * before the seal: the next segment is the last, has no frame, and continues exactly here.
     */
    private void requireInterruptedRoll(SegmentScan scan, long last) throws IOException {
        SegmentHeader here = scan.header();
        SegmentHeader expected = here.next(scan.sequence() + 1);
        try (DiskFile file = disk.open(expected.fileName())) {
            SegmentReader in = new SegmentReader(file);
            SegmentHeader next = header(in, expected.segment());
            boolean empty = expected.segment() == last && in.endOfData(SegmentHeader.BYTES) == SegmentHeader.BYTES;
            // Before the next header was whole, not even a seal was in flight here.
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
