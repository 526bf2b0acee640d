package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a journal once reached: an empty file {@code reached-0000000000000000123} says that all
 * frames before number 123 were durable. It is made after each start and at each orderly close. As
 * it stands outside the segments, it tells of frames that are gone there without a trace. Its name
 * is all that counts, so that it is there or not, and never in part; where several are there the
 * highest counts.
 */
final class JournalReach {
    private static final Pattern NAME = Pattern.compile("reached-([0-9]{19})");

    private JournalReach() {}

    /**
     * The number that the frames of the journal came up to, without that number; 1 if nothing
     * tells.
     */
    static long of(List<String> files) {
        return files.stream().mapToLong(JournalReach::numberOf).reduce(1, Math::max);
    }

    /** Declares, durably, that all frames before a number are durable. */
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
