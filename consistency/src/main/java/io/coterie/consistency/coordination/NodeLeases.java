package io.coterie.consistency.coordination;

/**
 * How much the coordinators of a node have in hand together, however many stores they rest on. One for each node. Used on the
 * node's loop only.
 */
public final class NodeLeases {
    /** How many leases and latches a node may hold, seek, wait for and give back at a time. */
    static final int MAX_OPEN = 10_000;

    /** Where more records wait to be removed, those that wait for longest are removed early. */
    private static final int MAX_LEFTOVERS = 10_000;

    /** How many records a node keeps in mind that it found at its last look, and as many at the one it is at. */
    private static final int MAX_SEEN = 10_000;

    private int open;
    private int leftovers;
    private int seen;

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

    /** Whether a further one can wait only in place of another. */
    boolean hasNoRoomForLeftovers() {
        return leftovers >= 2 * MAX_LEFTOVERS;
    }

    void leftoversChanged(int more) {
        leftovers += more;
    }

    boolean hasRoomForSeen() {
        return seen < 2 * MAX_SEEN;
    }

    void seenChanged(int more) {
        seen += more;
    }
}
