package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Who suffers now what leaves a cluster with one node less, so that the faults of two lanes together keep to a bound. */
final class Ailing {
    private final List<SimNode> nodes;
    private final int most;
    private final List<SimNode> victims = new ArrayList<>();

    Ailing(List<SimNode> nodes, int most) {
        this.nodes = nodes;
        this.most = most;
    }

    void add(Collection<SimNode> befallen) {
        victims.addAll(befallen);
    }

    /** A node that two faults befell stays a victim until both have ended. */
    void remove(Collection<SimNode> mended) {
        mended.forEach(victims::remove);
    }

    /** How many more may suffer. Who is down for another reason, say because it refused to start, counts too. */
    int room() {
        return most - (nodes.size() - others().size());
    }

    /** Who is up and suffers nothing. */
    List<SimNode> others() {
        List<SimNode> others = new ArrayList<>(nodes);
        others.removeIf(node -> !node.isUp() || victims.contains(node));
        return others;
    }
}
