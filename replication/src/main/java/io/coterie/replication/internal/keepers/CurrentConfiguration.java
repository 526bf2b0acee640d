package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration that this node has adopted. A replica keeps it in its journal; any other node
 * in memory only.
 */
public final class CurrentConfiguration {
    private static final Logger log = LoggerFactory.getLogger(CurrentConfiguration.class);

    private final @Nullable ConfigurationRecords records;
    private final List<Consumer<Configuration>> listeners = new ArrayList<>();
    /** Read by any thread. */
    private volatile @Nullable Configuration now;

    private boolean contradicted;

    /** @param records of this node's replica; null if it is none */
    CurrentConfiguration(@Nullable ConfigurationRecords records) {
        this.records = records;
        this.now = records == null ? null : records.adopted();
    }

    /** Null before one is adopted. May be called by any thread. */
    public @Nullable Configuration now() {
        return now;
    }

    /** 0 before a configuration is adopted. */
    public long epoch() {
        Configuration adopted = now;
        return adopted == null ? 0 : adopted.epoch();
    }

    /** Runs the listener after each adoption, and at once if a configuration is adopted. */
    public void onAdoption(Consumer<Configuration> listener) {
        listeners.add(listener);
        Configuration adopted = now;
        if (adopted != null) {
            listener.accept(adopted);
        }
    }

    /**
     * Adopts a configuration that is chosen, unless this node has a newer one.
     *
     * @return whether it is in force now, or a newer one of the same cluster
     */
    boolean adopt(Configuration chosen) {
        Configuration before = now;
        if (before != null && before.cluster() != chosen.cluster()) {
            contradict(before, chosen);
            return false;
        }
        if (before != null && before.epoch() >= chosen.epoch()) {
            return true;
        }
        now = chosen;
        if (records != null) {
            records.adopt(chosen);
        }
        List.copyOf(listeners).forEach(listener -> listener.accept(chosen));
        return true;
    }

    private void contradict(Configuration mine, Configuration others) {
        if (!contradicted) {
            contradicted = true;
            log.warn(
                    "this node belongs to the cluster with the number {}, and a replica that it reaches to another cluster"
                            + " of the same name, with the number {}. Give each cluster its own name, or correct the addresses."
                            + " If one was restored from the other, stop the replicas of the other for good",
                    Long.toHexString(mine.cluster()),
                    Long.toHexString(others.cluster()));
        }
    }
}
