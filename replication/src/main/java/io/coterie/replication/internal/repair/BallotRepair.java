package io.coterie.replication.internal.repair;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The program {@code io.coterie.consistency.RepairBallots}: repairs keys and stores that nobody can
 * change any longer, because replicas have promised ballots at the end of the range, or far apart.
 * Blocks while it works.
 *
 * <p>All nodes of the cluster, including clients, must be stopped, and all directories must be on
 * this machine. It needs as much memory as one replica, and for each replica a copy of the states
 * of the keys that are out of bounds.
 */
public final class BallotRepair {
    private static final String USAGE = """
            usage: RepairBallots [--repair] [--without NAME]... DIRECTORY...
              DIRECTORY       the directory of each replica of the cluster; stop all nodes first, clients too
              --without NAME  a replica whose directory is lost; it no longer votes afterwards
              --repair        replace the ballots out of bounds; without this option nothing is changed""";

    private static final int FINE = 0;
    private static final int OUT_OF_BOUNDS = 1;
    private static final int FAILED = 2;

    private final PrintStream out;
    private final Clock clock;
    private final RandomSource random;
    private final Map<String, StoreRules> rules;
    private final Set<String> without = new TreeSet<>();
    private final Set<Path> directories = new TreeSet<>();
    private boolean repairs;

    /**
     * A repair.
     *
     * @param out gets the findings and changes
     * @param clock the clock of this machine
     * @param random for the proposers of new ballots, and for start numbers
     * @param rules the rules of policies, by the policies' names; states of other policies are kept
     *     as they are
     */
    public BallotRepair(PrintStream out, Clock clock, RandomSource random, Map<String, StoreRules> rules) {
        this.out = out;
        this.clock = clock;
        this.random = random;
        this.rules = Map.copyOf(rules);
    }

    /**
     * Runs the program once.
     *
     * @param arguments {@code [--repair] [--without NAME]... DIRECTORY...}. Without {@code
     *     --repair} it prints what is out of bounds, and changes nothing
     * @return 0 if nothing is out of bounds any longer, 1 if something is, and 2 if the run was
     *     refused or failed; {@code out} got the reason, and what to do
     */
    public int run(String... arguments) {
        try {
            if (!takes(new ArrayDeque<>(List.of(arguments)))) {
                out.println(USAGE);
                return FAILED;
            }
            return run();
        } catch (StorageException | UncheckedIOException e) {
            out.println(e.getMessage());
        } catch (IOException e) {
            out.println(e.toString());
        }
        out.println(
                "Nothing more was changed. If a repair has begun, no replica starts before another run finishes it.");
        return FAILED;
    }

    private boolean takes(Deque<String> arguments) {
        while (!arguments.isEmpty()) {
            String next = arguments.remove();
            if (next.equals("--repair")) {
                repairs = true;
            } else if (next.equals("--without") && !arguments.isEmpty()) {
                without.add(arguments.remove());
            } else if (next.startsWith("-")) {
                return false;
            } else {
                directories.add(Path.of(next).toAbsolutePath().normalize());
            }
        }
        return !directories.isEmpty();
    }

    private int run() throws IOException {
        List<RepairedReplica> replicas = new ArrayList<>();
        try {
            for (Path directory : directories) {
                replicas.add(open(directory));
            }
            replicas.sort(Comparator.comparing(replica -> replica.self().name()));
            return run(new RepairSteps(replicas, without, random));
        } finally {
            replicas.forEach(RepairedReplica::close);
        }
    }

    private RepairedReplica open(Path directory) throws IOException {
        NioDisk disk = NioDisk.openExisting(directory);
        boolean opened = false;
        try {
            RepairedReplica replica = new RepairedReplica(disk, DiskStorage.SEGMENT_BYTES, clock, random, rules);
            opened = true;
            return replica;
        } finally {
            if (!opened) {
                disk.close();
            }
        }
    }

    private int run(RepairSteps repair) throws IOException {
        FarBallots far = repair.look();
        new RepairReport(out, clock.wallMillis()).print(far);
        boolean unfinished = repair.isUnfinished();
        if (far.isEmpty() && !unfinished) {
            out.println("There is nothing to repair.");
            return FINE;
        }
        if (!repairs) {
            out.println(
                    unfinished
                            ? "A repair is not finished: no replica starts before --repair finishes it."
                            : "Nothing was changed. To repair these, stop every node and add --repair.");
            return OUT_OF_BOUNDS;
        }
        RepairChecks.requireMajorities(far);
        repair.run(far);
        out.println(
                "The repair is finished. Start all nodes with these directories, and never again with older copies of them.");
        for (String name : without) {
            out.println("Do not start " + name + " with its old directory: it does not vote.");
        }
        return FINE;
    }
}
