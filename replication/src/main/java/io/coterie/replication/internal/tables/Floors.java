package io.coterie.replication.internal.tables;

import io.coterie.replication.Ballot;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What the absent keys of each store have promised, once there were keys that were deleted and
 * forgotten: no ballot below the store's floor is accepted for them. Without it a message from
 * before the delete could bring a value back (Rystsov, CASPaxos, 2018, section 3.1, has acceptors
 * refuse by the age of proposers; a floor does the same without knowing them).
 *
 * <p>Floors only rise, unless a repair of ballots replaces one. They are as durable as promises.
 */
public final class Floors {
    private final Map<Long, Ballot> floors = new TreeMap<>();
    private long position;

    /** The floor of a store, {@link Ballot#NONE} if none of its keys was ever removed. */
    public Ballot of(long store) {
        return floors.getOrDefault(store, Ballot.NONE);
    }

    /** Raises the floor to a ballot, unless it is there already; returns the floor then. */
    public Ballot raise(long store, Ballot to) {
        return floors.merge(store, to, Ballot::max);
    }

    /**
     * Puts a floor where it is to be, even if that is lower: only where nobody goes by the old one
     * any more.
     */
    public void replace(long store, Ballot by) {
        floors.put(store, by);
    }

    /** The journal position of the last removal. */
    public long position() {
        return position;
    }

    public void raisedAt(long journalPosition) {
        position = journalPosition;
    }

    public void forEach(BiConsumer<Long, Ballot> action) {
        floors.forEach(action);
    }
}
