package io.coterie.consistency;

import io.coterie.replication.internal.repair.BallotRepair;
import io.coterie.rpc.spi.Clock;
import java.security.SecureRandom;

/**
 * A program for operators: frees keys, and stores, that nobody can change, as replicas have
 * promised ballots at the end of what there is, or far apart.
 *
 * <pre>{@code
 * java -cp "lib/*" io.coterie.consistency.RepairBallots [--repair] [--without NAME]... DIRECTORY...
 * }</pre>
 *
 * <p>All nodes of the cluster are stopped, clients as well, and all directories are on this
 * machine. Without {@code --repair} it reports what is out of bounds, and changes nothing. It ends
 * with 0 if nothing is out of bounds after it, with 1 if something is, and with 2 if it was refused
 * or failed: its text has the reason, and what to do.
 */
public final class RepairBallots {
    private RepairBallots() {}

    /** Runs the program, and ends the process. */
    public static void main(String[] arguments) {
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
        BallotRepair repair = new BallotRepair(System.out, clock, new SecureRandom()::nextLong, Consistency.rules());
        System.exit(repair.run(arguments));
    }
}
