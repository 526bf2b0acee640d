package io.coterie.replication.internal.repair;

import io.coterie.replication.internal.journal.DirectJournal;
import io.coterie.replication.internal.journal.RepairMark;
import io.coterie.replication.internal.repair.RepairedReplica.Known;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces the ballots of keys and floors that are out of bounds by ballots in bounds, in the
 * directories of all replicas, which are stopped. Each step is durable in all directories before
 * the next begins:
 *
 * <ol>
 *   <li>a {@linkplain RepairMark mark}: from now on none of the replicas starts
 *   <li>a new start number of each replica in its own journal, and then in those of the others. So
 *       a directory that was left out, or is restored from before the repair, is an older copy to
 *       the others, and does not vote
 *   <li>for each key the state of the {@linkplain FarKey#chosen highest ballot that a majority may
 *       have accepted}, under that ballot, as a read does that finds different states. From now on
 *       a key has the same state everywhere, whichever ballot it has
 *   <li>the new ballots, one directory after the other, each of them atomically
 *   <li>the marks are removed
 * </ol>
 *
 * <p>A run that is interrupted is repeated, with the same result. The state of a key is the one
 * that was chosen last, or a later one: a majority has accepted that or something later, where
 * replicas with lost directories count, too.
 */
final class RepairSteps {
    private final List<RepairedReplica> replicas;
    private final Set<String> without;
    private final RandomSource random;
    private final JournalEntries entries = new JournalEntries();
    private final List<Known> known = new ArrayList<>();

    /**
     * A repair.
     *
     * @param replicas the directories, in the order of the replicas' names
     * @param without the names of the replicas whose directories are lost
     */
    RepairSteps(List<RepairedReplica> replicas, Set<String> without, RandomSource random) {
        this.replicas = replicas;
        this.without = without;
        this.random = random;
    }

    /**
     * Finds what is out of bounds, and changes nothing.
     *
     * @throws StorageException if a directory is damaged, or the directories are not those of a
     *     majority of the replicas of one cluster
     */
    FarBallots look() throws IOException {
        known.clear();
        long marked = Long.MAX_VALUE;
        for (RepairedReplica replica : replicas) {
            marked = Math.min(marked, replica.markedBound());
        }
        for (RepairedReplica replica : replicas) {
            known.add(replica.look(marked));
        }
        int all = RepairChecks.requireMajority(known, without).size();
        FarBallots far = FarBallots.of(known, marked, all);
        if (!far.keys().isEmpty()) {
            for (RepairedReplica replica : replicas) {
                far.add(replica.self(), replica.read());
            }
        }
        return far;
    }

    /** Whether an earlier repair is not finished. */
    boolean isUnfinished() throws IOException {
        for (RepairedReplica replica : replicas) {
            if (replica.isMarked()) {
                return true;
            }
        }
        return false;
    }

    /** Changes what {@link #look} has found. */
    void run(FarBallots far) throws IOException {
        if (!far.isEmpty()) {
            for (RepairedReplica replica : replicas) {
                replica.mark(far.bound());
            }
            agree(far);
            long latest = known.stream().mapToLong(Known::bound).min().orElseThrow();
            Ballot ballot = far.replacement(latest, random.nextLong());
            for (RepairedReplica replica : replicas) {
                replica.rewrite(tables -> replace(far, ballot, tables));
            }
        }
        for (RepairedReplica replica : replicas) {
            replica.unmark();
        }
    }

    private void agree(FarBallots far) throws IOException {
        List<DirectJournal> journals = new ArrayList<>();
        try {
            for (RepairedReplica replica : replicas) {
                journals.add(replica.append());
            }
            Map<NodeId, Remembered> starts = newStarts(journals);
            for (int i = 0; i < journals.size(); i++) {
                DirectJournal journal = journals.get(i);
                NodeId self = replicas.get(i).self();
                starts.forEach((replica, start) -> {
                    if (!replica.equals(self)) {
                        journal.append(entries.registration(replica, start));
                    }
                });
                far.keys().forEach((key, each) -> writeBack(key, each, journal));
                journal.force();
            }
        } finally {
            journals.forEach(DirectJournal::close);
        }
    }

    /**
     * The starts that replicas are to remember of each other; of a replica that is left out, only
     * if it may have voted.
     */
    private Map<NodeId, Remembered> newStarts(List<DirectJournal> journals) {
        Map<NodeId, Remembered> starts = new LinkedHashMap<>();
        for (Known replica : known) {
            replica.registrations().forEach((name, remembered) -> {
                if (without.contains(name.name())) {
                    starts.put(name, new Remembered(remembered.incarnation(), random.nextLong()));
                }
            });
        }
        for (int i = 0; i < journals.size(); i++) {
            Long incarnation = known.get(i).incarnation();
            if (incarnation != null) {
                long start = random.nextLong();
                starts.put(known.get(i).self(), new Remembered(incarnation, start));
                journals.get(i).append(entries.start(start));
                journals.get(i).force();
            }
        }
        return starts;
    }

    private void writeBack(RecordKey key, FarKey far, DirectJournal journal) {
        byte[] state = far.state();
        Acceptor acceptor = new Acceptor(key, state == null ? far.highestPromise() : Ballot.NONE, 0);
        if (state != null) {
            acceptor.accept(far.chosen(), state, far.highestPromise());
        }
        journal.append(entries.acceptor(key, acceptor));
    }

    private static void replace(FarBallots far, Ballot ballot, ReplicaTables tables) {
        far.keys().forEach((key, each) -> {
            byte[] state = each.state();
            Acceptor acceptor = new Acceptor(key, ballot, 0);
            if (state != null) {
                StoreRules rules = tables.knowsStore(key.store()) ? tables.rules() : StoreRules.NONE;
                acceptor.accept(ballot, rules.limited(state, ballot), ballot);
            }
            tables.restore(acceptor, false);
        });
        far.floors().keySet().forEach(store -> tables.floors.replace(store, ballot));
    }
}
