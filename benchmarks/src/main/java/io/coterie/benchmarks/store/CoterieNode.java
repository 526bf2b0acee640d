package io.coterie.benchmarks.store;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedServer;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One of three replicas, connected over TCP on loopback. */
public final class CoterieNode implements TestedServer {
    public static final String CLUSTER = "benchmark";
    public static final String STORE = "benchmark";

    private final Coterie node;
    private final int port;

    private CoterieNode(Coterie node, int port) {
        this.node = node;
        this.port = port;
    }

    static CoterieNode start(StoreSetup setup, int self) {
        return start(builder(setup, StoreSetup.NODES), setup, self);
    }

    /** The first of them, as the only replica of its cluster. */
    static CoterieNode startAlone(StoreSetup setup) {
        return start(builder(setup, 1), setup, 0);
    }

    private static CoterieNode start(CoterieBuilder builder, StoreSetup setup, int self) {
        Path folder = setup.folder();
        Storage storage = folder == null ? Storage.memory() : Storage.directory(folder.resolve(name(self)));
        return new CoterieNode(
                builder.self(name(self)).storage(storage).start(), setup.ports().get(self));
    }

    /** A client of the replicas, which listens nowhere. */
    static CoterieNode client(StoreSetup setup, String name, Duration timeout) {
        return new CoterieNode(
                builder(setup, StoreSetup.NODES)
                        .client(name)
                        .operationTimeout(timeout)
                        .start(),
                0);
    }

    private static CoterieBuilder builder(StoreSetup setup, int replicas) {
        CoterieBuilder builder = Coterie.builder().cluster(CLUSTER);
        for (int i = 0; i < replicas; i++) {
            builder.replica(name(i), setup.address(i));
        }
        return builder;
    }

    Coterie coterie() {
        return node;
    }

    /** A store as this node's callers see it. Closing it closes the node. */
    TestedStore store(ConsistencyPolicy policy) {
        return new Bytes(node.store(STORE, Codec.bytes(), Codec.bytes(), policy), this);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        node.close();
    }

    /** The name of a replica. */
    public static String name(int node) {
        return "node-" + node;
    }

    private record Bytes(Store<byte[], byte[]> store, CoterieNode node) implements TestedStore {
        @Override
        public CompletableFuture<?> put(byte[] key, byte[] value) {
            return store.async().put(key, value);
        }

        @Override
        public CompletableFuture<byte @Nullable []> get(byte[] key) {
            return store.async().get(key);
        }

        @Override
        public void putNow(byte[] key, byte[] value) {
            store.put(key, value);
        }

        @Override
        public void getNow(byte[] key) {
            store.get(key);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
