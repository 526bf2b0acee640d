package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.peers.RaftNode;
import io.coterie.benchmarks.report.SystemNames;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.benchmarks.tested.TestedStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Three nodes that replicate a store, in this JVM or each in one of its own, and the store as seen
 * at the first of them.
 */
public final class StoreCluster implements AutoCloseable {
    private final List<TestedServer> others = new ArrayList<>();
    private final TestedStore store;

    /**
     * Starts the nodes.
     *
     * @param jvms 1 for all in this JVM, or 3
     */
    public StoreCluster(StoreSetup setup, int jvms) throws IOException {
        if (jvms != 1 && jvms != StoreSetup.NODES) {
            throw new IllegalArgumentException("jvms " + jvms + " is neither 1 nor " + StoreSetup.NODES);
        }
        // The first of a Raft group becomes its leader. Others would have to forward every
        // operation.
        RaftNode first = setup.system().equals(SystemNames.JGROUPS_RAFT) ? RaftNode.start(setup, 0) : null;
        for (int node = 1; node < StoreSetup.NODES; node++) {
            others.add(jvms == 1 ? Stores.serve(setup, node) : StoreProcess.start(setup, node));
        }
        List<Integer> ports = others.stream().map(TestedServer::port).toList();
        store = first != null ? first.store() : Stores.connect(setup, ports);
    }

    public TestedStore store() {
        return store;
    }

    /** As {@link WarmUp#compiledMillis}, of all JVMs. */
    long compiledMillis() {
        long sum = WarmUp.compiledMillis();
        for (TestedServer other : others) {
            sum += other instanceof StoreProcess process ? process.compiledMillis() : 0;
        }
        return sum;
    }

    @Override
    public void close() {
        store.close();
        others.forEach(TestedServer::close);
    }
}
