package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.StoreContext;
import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.consistency.simulated.cluster.WrappedStorage;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Faults that strike at moments which the journals of replicas report. */
abstract class StruckMoments {
    final Simulation simulation;
    final double chance;
    private final Map<Long, NodeId> coordinators = new HashMap<>();
    private List<NodeId> replicas = List.of();
    private Ballot highest = Ballot.NONE;

    /** @param chance of a strike at each moment; with 0 nothing is looked at */
    StruckMoments(Simulation simulation, double chance) {
        this.simulation = simulation;
        this.chance = chance;
    }

    /** A replica is about to append an entry, which is to be left as it is. */
    abstract void appending(SimStart replica, ByteBuffer entry);

    /** The storage of a replica that reports its moments. */
    public final Storage hitting(SimStart start, Storage storage) {
        return chance == 0
                ? storage
                : new WrappedStorage(storage, (journal, world, reader) -> new WatchedJournal(start, journal));
    }

    /** A node has started, and may be struck. */
    public final void started(StoreContext context) {
        coordinators.put(context.loop().writer(), context.self());
        replicas = context.replicas();
    }

    final List<NodeId> replicas() {
        return replicas;
    }

    /** Whose ballot it is, or null where nothing is known of it. */
    final @Nullable SimNode coordinator(Ballot ballot) {
        NodeId id = coordinators.get(ballot.proposer());
        return id == null ? null : simulation.node(id.name());
    }

    /** Whether no ballot as high as this one has come before. */
    final boolean isFirst(Ballot ballot) {
        boolean first = ballot.isAbove(highest);
        highest = Ballot.max(highest, ballot);
        return first;
    }

    /** The ballot of an entry that has a promise alone. */
    static Ballot promiseIn(ByteBuffer entry) {
        return ballotAt(entry, entry.limit() - Ballot.BYTES);
    }

    static Ballot ballotAt(ByteBuffer entry, int at) {
        return new Ballot(entry.getLong(at), entry.getLong(at + Long.BYTES));
    }

    private final class WatchedJournal extends WrappedJournal {
        private final SimStart start;

        WatchedJournal(SimStart start, Journal journal) {
            super(journal);
            this.start = start;
        }

        @Override
        public long append(ByteBuffer record) {
            appending(start, record);
            return super.append(record);
        }
    }
}
