package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An empty file {@code repair-0123456789012345678} in a replica's directory: a repair of ballots
 * above that counter has begun, and is not finished. Until then the directories do not agree, so
 * none of their replicas may start.
 *
 * <p>All directories get the file before any of them is changed, and none loses it before all are
 * changed. Only its name counts, so that it never exists in part. The run that finishes the repair
 * needs the counter: by then, ballots that were out of bounds at first may be in bounds.
 */
public final class RepairMark {
    private static final Pattern NAME = Pattern.compile("repair-([0-9]{19})");

    private RepairMark() {}

    /**
     * The counter above which an unfinished repair considers ballots out of bounds; {@link
     * Long#MAX_VALUE} if there is no such repair.
     */
    public static long bound(List<String> files) {
        return files.stream().mapToLong(RepairMark::boundOf).reduce(Long.MAX_VALUE, Math::min);
    }

    public static boolean isIn(List<String> files) {
        return files.stream().anyMatch(RepairMark::isMark);
    }

    public static void make(Disk disk, long bound) throws IOException {
        disk.open(fileName(bound)).close();
    }

    public static void remove(Disk disk) throws IOException {
        for (String file : disk.list()) {
            if (isMark(file)) {
                disk.delete(file);
            }
        }
    }

    /** Refuses a start during an unfinished repair. */
    static void requireNone(Disk disk, NodeId self) throws IOException {
        if (isIn(disk.list())) {
            throw new StorageException(
                    "a repair of ballots in " + disk + " is not finished, so replica " + self
                            + " must not start: its promises do not agree with those of the others yet. Run"
                            + " io.coterie.consistency.RepairBallots --repair again with the directories of all replicas.",
                    false,
                    null);
        }
    }

    static String fileName(long bound) {
        return String.format(Locale.ROOT, "repair-%019d", bound);
    }

    private static boolean isMark(String file) {
        return NAME.matcher(file).matches();
    }

    private static long boundOf(String file) {
        Matcher matcher = NAME.matcher(file);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }
}
