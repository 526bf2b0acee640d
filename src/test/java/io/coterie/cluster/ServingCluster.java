package io.coterie.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A cluster for all tests of a class: after each of them, every node must still serve. */
public final class ServingCluster implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final LocalCluster cluster = LocalCluster.inMemory();

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster.startAll();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = node.store("sound", Codec.utf8(), Codec.utf8(), Consistency.strong());
            store.put("k", "v");
            assertEquals("v", store.get("k"));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        cluster.close();
    }

    /** A replica: a, b or c. */
    public Coterie node(String name) {
        return cluster.node(name);
    }

    /** The settings of one more node. */
    public CoterieBuilder builder(String name) {
        return cluster.builder(name);
    }
}
