package io.coterie.internal.settings;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The risks of a configuration, in human-readable sentences. */
public final class Warnings {
    private Warnings() {}

    /**
     * One sentence for each risk; none if all is well.
     *
     * @param replicas how many there are; 0 if that is not known yet
     * @param storage where this node keeps its records; null for a client, which does not know
     *     where the replicas do
     */
    public static List<String> of(int replicas, @Nullable Storage storage) {
        List<String> warnings = new ArrayList<>();
        ConsistencyPolicy strong = Consistency.strong();
        if (replicas == strong.writeQuorum(replicas)) {
            warnings.add("with " + (replicas == 1 ? "1 replica" : replicas + " replicas")
                    + " strong stores survive no failure at all: list three or more");
        }
        if (storage != null && !storage.survivesRestart()) {
            warnings.add("with records in memory, acknowledged writes are gone if a majority of the replicas stops, and"
                    + " then all must be stopped and started together");
        }
        return List.copyOf(warnings);
    }

    /** The risk of replicas that have not voted yet. */
    public static String unregistered(List<NodeId> replicas) {
        return "these replicas have not voted since this node was started: " + replicas
                + "; until all replicas have registered, the failure of one can end strong operations, and leave the"
                + " outcome of those in flight unknown";
    }
}
