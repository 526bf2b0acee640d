package io.coterie.replication.internal.tables;

import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.spi.Ballot;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The promise of the absent keys of each store, once deleted keys of the store were forgotten: no
 * ballot below the floor is accepted for them, see {@link AcceptorRules#promiseOfAbsentKey}.
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

    /** Raises the floor to a ballot unless it is as high already; returns the floor afterwards. */
    public Ballot raise(long store, Ballot to) {
        return floors.merge(store, to, AcceptorRules::raisedFloor);
    }

    /**
     * Sets a floor, even to a lower ballot. Only to be called where nobody relies on the old floor
     * any longer.
     */
    public void replace(long store, Ballot by) {
        floors.put(store, by);
    }

    /** Forgets all floors. */
    void clear() {
        floors.clear();
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
