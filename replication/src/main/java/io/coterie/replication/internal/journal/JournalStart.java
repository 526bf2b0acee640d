package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a journal begins after a compaction: an empty file {@code start-0000000007} records that
 * all segments before number 7 are superseded, whether they still exist or not. Only its name
 * counts, so that it never exists in part.
 *
 * <p>It is made durable after the records that replace the old segments, and before the first of
 * those is deleted. So at a crash, either the file is missing and every segment must exist, or it
 * exists and the segments before its number are not needed. If there are several such files, the
 * highest counts.
 */
final class JournalStart {
    private static final Pattern NAME = Pattern.compile("start-([0-9]{10})");

    private JournalStart() {}

    /** The number of the first segment that counts: 1 if no compaction ever ended. */
    static long of(List<String> files) {
        return files.stream().mapToLong(JournalStart::numberOf).reduce(1, Math::max);
    }

    /** Declares durably that the journal begins with a segment. */
    static void declare(Disk disk, long segment) throws IOException {
        disk.open(fileName(segment)).close();
    }

    /**
     * The files that no longer have a meaning: segments before the first that counts, and earlier
     * files of this kind.
     */
    static List<String> superseded(List<String> files) {
        long start = of(files);
        return files.stream()
                .filter(file -> isBelow(SegmentHeader.numberOf(file), start) || isBelow(numberOf(file), start))
                .sorted()
                .toList();
    }

    static String fileName(long segment) {
        return String.format(Locale.ROOT, "start-%010d", segment);
    }

    private static boolean isBelow(long number, long start) {
        return number > 0 && number < start;
    }

    private static long numberOf(String file) {
        Matcher matcher = NAME.matcher(file);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
