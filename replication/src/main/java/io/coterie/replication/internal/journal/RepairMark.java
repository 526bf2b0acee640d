package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An empty file {@code repair-0123456789012345678} in a replica's directory: a repair of ballots
 * above that counter has begun, and is not over. Its directories do not agree meanwhile, so that
 * none of their replicas may start.
 *
 * <p>All directories have it before anything is changed in one, and none loses it before all are
 * changed. Its name is all that counts, so that it is there or not, and never in part. The counter
 * is for the run that ends the repair: by then the time may have come to ballots that were out of
 * bounds at first.
 */
public final class RepairMark {
    private static final Pattern NAME = Pattern.compile("repair-([0-9]{19})");

    private RepairMark() {}

    /**
     * Above which counter a repair that is not over takes ballots for out of bounds; the highest
     * there is if there is no such repair.
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

    /** Refuses a start. */
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
