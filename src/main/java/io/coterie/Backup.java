package io.coterie;

import io.coterie.replication.internal.restore.Restoration;
import io.coterie.replication.internal.restore.Restoration.Found;
import io.coterie.replication.internal.restore.Restoration.Founder;
import io.coterie.replication.internal.restore.RestoreProgram;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * Founds a new cluster from a {@linkplain Coterie#snapshot snapshot}, or from what is left of the
 * directories of a cluster that has lost a majority for good.
 *
 * <p>Both make one directory. A replica that starts with it is at once the only member of a new
 * cluster, which has the records. Others are started with empty directories, and added by {@link
 * Members#add}. No member of the other cluster takes part in the new one, even under the same names.
 *
 * <p>It is a program, too:
 *
 * <pre>{@code
 * java -cp "lib/*" io.coterie.Backup describe SNAPSHOT
 * java -cp "lib/*" io.coterie.Backup describe-directories DIRECTORY...
 * java -cp "lib/*" io.coterie.Backup restore SNAPSHOT NEW_DIRECTORY NAME ADDRESS
 * java -cp "lib/*" io.coterie.Backup recover NEW_DIRECTORY NAME ADDRESS DIRECTORY...
 * }</pre>
 *
 * <p>It ends with 0 if that was done, with 1 if acknowledged writes may be missing and the operator
 * has not accepted that, and with 2 if it was refused or failed: its text has the reason, and what
 * to do.
 *
 * <p>Methods block, and may be called by any thread.
 */
public final class Backup {
    private Backup() {}

    /** Whether a new cluster is founded although acknowledged writes may be missing. */
    public enum Losses {
        /** It is not. */
        REFUSED,
        /** It is. */
        ACCEPTED
    }

    /**
     * Founds a new cluster from a snapshot. Nothing is written before all of the snapshot was read
     * and found whole.
     *
     * @param snapshot the file
     * @param directory for the new cluster's first member; missing, or empty
     * @param self the name of that member
     * @param address where the others are to reach it, as in {@code 10.0.0.1:7400}
     * @return what was done, and what to do next; human-readable
     * @throws io.coterie.replication.storage.StorageException if the snapshot is damaged, the
     *     directory is not empty, or it cannot be written
     * @throws IllegalArgumentException if the name or the address is not of its form
     */
    public static String restore(Path snapshot, Path directory, String self, String address) {
        return String.join("\n", restoration().restore(snapshot, founder(directory, self, address)));
    }

    /**
     * Founds a new cluster from directories of stopped replicas of one cluster, which are only read.
     * For each key the latest that one of them has is taken.
     *
     * @param directories of as many members as there are
     * @param directory for the new cluster's first member; missing, or empty
     * @param self the name of that member
     * @param address where the others are to reach it, as in {@code 10.0.0.1:7400}
     * @param losses what to do if acknowledged writes may be missing
     * @return what was done, and what to do next; human-readable
     * @throws WritesMayBeLostException if so, and that is not accepted. Nothing was written
     * @throws io.coterie.replication.storage.StorageException if a directory is in use or damaged,
     *     they are not of one cluster, or the new one is not empty, or cannot be written
     * @throws IllegalArgumentException if the name or the address is not of its form
     */
    public static String recover(List<Path> directories, Path directory, String self, String address, Losses losses) {
        Found found = restoration().recover(directories, founder(directory, self, address), losses == Losses.ACCEPTED);
        if (!found.doubts().isEmpty() && losses != Losses.ACCEPTED) {
            throw new WritesMayBeLostException(String.join(". ", found.doubts()));
        }
        return String.join("\n", found.lines());
    }

    /** Runs the program, and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new RestoreProgram(System.out, restoration()).run(arguments));
    }

    private static Founder founder(Path directory, String self, String address) {
        return new Founder(directory, NodeId.of(self), HostPort.parse(address).toString());
    }

    static Restoration restoration() {
        Clock clock = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }
        };
        return new Restoration(clock, new SecureRandom()::nextLong);
    }
}
