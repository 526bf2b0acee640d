package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How many nodes may be out of service at a time, and which ones are. It keeps the faults of two
 * lanes together within one bound.
 */
final class FaultBudget {
    private final List<SimNode> nodes;
    private final int max;
    private final List<SimNode> victims = new ArrayList<>();

    FaultBudget(List<SimNode> nodes, int max) {
        this.nodes = nodes;
        this.max = max;
    }

    void add(Collection<SimNode> begun) {
        victims.addAll(begun);
    }

    /**
     * The faults of these nodes end. A node with two faults stays a victim until both have ended.
     */
    void remove(Collection<SimNode> ended) {
        ended.forEach(victims::remove);
    }

    /** How many more nodes may get a fault. A node that is down for another reason counts, too. */
    int room() {
        return max - (nodes.size() - healthy().size());
    }

    /** The nodes that are up and have no fault. */
    List<SimNode> healthy() {
        List<SimNode> healthy = new ArrayList<>(nodes);
        healthy.removeIf(node -> !node.isUp() || victims.contains(node));
        return healthy;
    }
}
