package io.coterie.consistency.internal.coordination.node;

import java.util.ArrayList;
import java.util.List;

/**
 * How much the coordinators of a node have in hand together, however many stores they rest on. One
 * for each node. Used on the node's loop only.
 */
public final class NodeLeases {
    /** How many leases and latches a node may hold, seek, wait for and release at a time. */
    public static final int MAX_OPEN = 10_000;

    /** Where more records wait to be removed, those that wait for longest are removed early. */
    private static final int MAX_LEFTOVERS = 10_000;

    /**
     * How many records a node keeps in mind that it found for the first time, and as many that
     * stood still since.
     */
    private static final int MAX_SEEN = 10_000;

    private final List<Runnable> whenCrowded = new ArrayList<>();
    private int open;
    private int leftovers;
    private int sweeps;

    /** That of a node which has nothing in hand. */
    public NodeLeases() {}

    boolean isFull() {
        return open >= MAX_OPEN;
    }

    void openChanged(int more) {
        open += more;
    }

    /** Whether records that wait to be removed are not to wait any longer. */
    boolean hasManyLeftovers() {
        return leftovers > MAX_LEFTOVERS;
    }

    /**
     * Has this run whenever there have come to be many records that wait to be removed, of whatever
     * store.
     */
    void onManyLeftovers(Runnable task) {
        whenCrowded.add(task);
    }

    /** Whether a further one can wait only in place of another. */
    boolean hasNoRoomForLeftovers() {
        return leftovers >= 2 * MAX_LEFTOVERS;
    }

    void leftoversChanged(int more) {
        boolean hadMany = hasManyLeftovers();
        leftovers += more;
        if (!hadMany && hasManyLeftovers()) {
            whenCrowded.forEach(Runnable::run);
        }
    }

    /** A store more, or one less, is looked through for records that nobody holds. */
    void sweepsChanged(int more) {
        sweeps += more;
    }

    /**
     * How many records one of the stores that are looked through may keep in mind of each kind: the
     * same for all, so that none keeps another from being looked through.
     */
    int roomForSeen() {
        return Math.max(MAX_SEEN / Math.max(sweeps, 1), 1);
    }
}
