package io.coterie.chaos.faults;

import io.coterie.chaos.callers.SharedKeys;
import io.coterie.chaos.cluster.ChaosCluster;
import java.io.IOException;
import java.util.List;

/**
 * Starts replicas with callers in them.
 *
 * @param epoch see {@link SharedKeys}
 */
public record Replicas(ChaosCluster cluster, long seed, long epoch) {
    private static final int CALLERS = 2;

    void start(List<String> names) throws IOException {
        cluster.start(names);
        call(names);
    }

    /** Starts callers in replicas. */
    public void call(List<String> names) {
        names.forEach(name -> cluster.process(name).order("call " + epoch + " " + seed + " " + CALLERS));
    }
}
