package io.coterie.benchmarks;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.replication.Storage;
import io.coterie.rpc.Codec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Three replicas in this process, connected over TCP on loopback, and a store full of keys that is used at the first. */
final class StoreCluster implements AutoCloseable {
    /** Of keys such as key-000000000042. */
    static final int KEY_BYTES = 16;

    static final int VALUE_BYTES = 128;

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int KEYS = 10_000;
    private static final int FILLED_AT_ONCE = 256;

    private final List<Coterie> nodes = new ArrayList<>();
    private final byte[][] keys = new byte[KEYS][];
    private final byte[] value = new byte[VALUE_BYTES];
    private final Store<byte[], byte[]> store;

    /**
     * Starts the replicas, opens the store and puts a value for every key.
     *
     * @param folder where each replica keeps a folder of its own; null to keep all in memory
     */
    StoreCluster(ConsistencyPolicy policy, @Nullable Path folder) throws IOException {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format("key-%012d", i).getBytes(StandardCharsets.US_ASCII);
        }
        List<String> addresses = freeAddresses();
        for (String name : NAMES) {
            CoterieBuilder builder = Coterie.builder().cluster("benchmark").self(name);
            for (int i = 0; i < NAMES.size(); i++) {
                builder.replica(NAMES.get(i), addresses.get(i));
            }
            nodes.add(builder.storage(folder == null ? Storage.memory() : Storage.directory(folder.resolve(name)))
                    .start());
        }
        store = nodes.get(0).store("benchmark", Codec.bytes(), Codec.bytes(), policy);
        fill();
    }

    /** Puts a value for a random key. */
    Target puts() {
        return new Target() {
            @Override
            public void call() {
                store.put(key(), value);
            }

            @Override
            public CompletableFuture<?> start() {
                return store.async().put(key(), value);
            }
        };
    }

    /** Gets the value of a random key. */
    Target gets() {
        return new Target() {
            @Override
            public void call() {
                store.get(key());
            }

            @Override
            public CompletableFuture<?> start() {
                return store.async().get(key());
            }
        };
    }

    @Override
    public void close() {
        nodes.forEach(Coterie::close);
    }

    private byte[] key() {
        return keys[ThreadLocalRandom.current().nextInt(KEYS)];
    }

    private void fill() {
        Queue<CompletableFuture<?>> underWay = new ArrayDeque<>();
        for (byte[] key : keys) {
            if (underWay.size() == FILLED_AT_ONCE) {
                underWay.remove().join();
            }
            underWay.add(store.async().put(key, value));
        }
        underWay.forEach(CompletableFuture::join);
    }

    /** Held together before any is let go, so that they differ. */
    private static List<String> freeAddresses() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            addresses.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return addresses;
    }
}
