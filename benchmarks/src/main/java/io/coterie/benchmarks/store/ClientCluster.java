package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.Consistency;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Three replicas of a strong store in memory, in this JVM or each in one of its own, and clients of
 * them in this one.
 */
public final class ClientCluster implements AutoCloseable {
    private final List<TestedServer> replicas = new ArrayList<>();
    private final List<TestedStore> clients = new ArrayList<>();
    private final StoreSetup setup = StoreSetup.of("strong", true, null);

    /**
     * Starts the replicas.
     *
     * @param jvms 1 for all in this JVM, or 3 for one of its own for each replica
     * @param interpreted whether the replicas are to be slow; they need JVMs of their own for that
     */
    public ClientCluster(int jvms, boolean interpreted) throws IOException {
        if (jvms != 1 && jvms != StoreSetup.NODES) {
            throw new IllegalArgumentException("jvms " + jvms + " is neither 1 nor " + StoreSetup.NODES);
        }
        if (interpreted && jvms == 1) {
            throw new IllegalArgumentException(
                    "interpreted replicas need JVMs of their own: -p jvms=" + StoreSetup.NODES);
        }
        for (int node = 0; node < StoreSetup.NODES; node++) {
            replicas.add(jvms == 1 ? Stores.serve(setup, node) : process(node, interpreted));
        }
    }

    private StoreProcess process(int node, boolean interpreted) throws IOException {
        return interpreted ? StoreProcess.startInterpreted(setup, node) : StoreProcess.start(setup, node);
    }

    /** The store at a new client, whose operations may take so long. */
    public TestedStore client(Duration timeout) {
        TestedStore store =
                CoterieNode.client(setup, "client-" + clients.size(), timeout).store(Consistency.strong());
        clients.add(store);
        return store;
    }

    /** The ports of the replicas, in their order. */
    public List<Integer> ports() {
        return setup.ports();
    }

    /** As {@link WarmUp#compiledMillis}, of all JVMs. */
    public long compiledMillis() {
        long sum = WarmUp.compiledMillis();
        for (TestedServer replica : replicas) {
            sum += replica instanceof StoreProcess process ? process.compiledMillis() : 0;
        }
        return sum;
    }

    @Override
    public void close() {
        clients.forEach(TestedStore::close);
        replicas.forEach(TestedServer::close);
    }
}
