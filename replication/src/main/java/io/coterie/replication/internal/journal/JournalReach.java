package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a journal once reached: an empty file {@code reached-0000000000000000123} records that
 * all frames before number 123 were durable. It is made after each start and at each orderly close.
 * It is outside the segments, so it reveals frames that were lost there without a trace. Only its
 * name counts, so that it never exists in part. If there are several, the highest counts.
 */
final class JournalReach {
    private static final Pattern NAME = Pattern.compile("reached-([0-9]{19})");

    private JournalReach() {}

    /** The number below which all frames were durable; 1 if there is no such file. */
    static long of(List<String> files) {
        return files.stream().mapToLong(JournalReach::numberOf).reduce(1, Math::max);
    }

    /** Declares durably that all frames before a number are durable. */
    static void declare(Disk disk, long sequence) throws IOException {
        List<String> earlier = new ArrayList<>(disk.list());
        earlier.removeIf(file -> numberOf(file) == 0 || numberOf(file) >= sequence);
        disk.open(fileName(sequence)).close();
        for (String file : earlier) {
            disk.delete(file);
        }
    }

    static String fileName(long sequence) {
        return String.format(Locale.ROOT, "reached-%019d", sequence);
    }

    private static long numberOf(String file) {
        Matcher matcher = NAME.matcher(file);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
