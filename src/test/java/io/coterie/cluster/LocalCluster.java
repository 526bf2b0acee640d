package io.coterie.cluster;

import io.coterie.ApiHooks;
import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.storage.Storage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes of one cluster in this JVM, which talk over loopback. */
public final class LocalCluster implements AutoCloseable {
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, Integer> given = new LinkedHashMap<>();
    private final Map<String, Coterie> running = new LinkedHashMap<>();
    private final @Nullable Path directory;
    private UnaryOperator<CoterieBuilder> settings = UnaryOperator.identity();

    private LocalCluster(@Nullable Path directory, List<String> replicas) {
        this.directory = directory;
        replicas.forEach(replica -> ports.put(replica, freePort()));
        given.putAll(ports);
    }

    /** A cluster whose replicas a, b and c keep their records in memory; none of them runs. */
    public static LocalCluster inMemory() {
        return new LocalCluster(null, List.of("a", "b", "c"));
    }

    /**
     * A cluster whose replicas a, b and c keep their records in a directory each; none of them
     * runs.
     */
    public static LocalCluster in(Path directory) {
        return new LocalCluster(directory, List.of("a", "b", "c"));
    }

    /** Settings for the nodes started from now on. */
    public LocalCluster with(UnaryOperator<CoterieBuilder> more) {
        UnaryOperator<CoterieBuilder> before = settings;
        settings = builder -> more.apply(before.apply(builder));
        return this;
    }

    /** Settings for the nodes started from now on, in place of those given before. */
    public LocalCluster instead(UnaryOperator<CoterieBuilder> others) {
        settings = others;
        return this;
    }

    /**
     * Another list of replicas for the nodes started from now on; those that were in the last one
     * keep their ports.
     */
    public LocalCluster listing(String... replicas) {
        ports.keySet().retainAll(Set.of(replicas));
        for (String replica : replicas) {
            ports.computeIfAbsent(replica, any -> given.computeIfAbsent(replica, fresh -> freePort()));
        }
        return this;
    }

    /** The replicas move to other ports. */
    public void move() {
        ports.replaceAll((replica, port) -> freePort());
    }

    /** Starts all replicas, and waits until each votes. */
    public LocalCluster startAll() {
        start(ports.keySet().toArray(String[]::new));
        Await.until("all replicas vote", () -> voting() == ports.size());
        return this;
    }

    public void start(String... names) {
        for (String name : names) {
            running.put(name, builder(name).start());
        }
    }

    /** How many replicas vote, as far as one of the running nodes can see. */
    public long voting() {
        Coterie any = running.values().iterator().next();
        return any.status().replicas().stream()
                .filter(replica -> replica.state() == ReplicaState.VOTING)
                .count();
    }

    public Coterie client(String name) {
        start(name);
        return node(name);
    }

    /** The settings that a node of that name would be started with. */
    public CoterieBuilder builder(String name) {
        CoterieBuilder builder = settings.apply(bare(name));
        return ApiHooks.hasOperationTimeout(builder) ? builder : builder.operationTimeout(Duration.ofSeconds(10));
    }

    /** The settings of a node of that name, without those given by {@link #with}. */
    public CoterieBuilder bare(String name) {
        CoterieBuilder builder = Coterie.builder().cluster("test");
        if (ports.containsKey(name)) {
            builder.self(name);
        } else {
            builder.client(name);
        }
        ports.forEach((replica, port) -> builder.replica(replica, "127.0.0.1:" + port));
        if (directory != null && ports.containsKey(name)) {
            builder.storage(Storage.directory(directory.resolve(name)));
        }
        return builder;
    }

    public Coterie node(String name) {
        Coterie node = running.get(name);
        if (node == null) {
            throw new AssertionError(name + " is not running");
        }
        return node;
    }

    public List<Coterie> nodes() {
        return List.copyOf(running.values());
    }

    public int port(String replica) {
        return ports.get(replica);
    }

    public void close(String... names) {
        for (String name : names) {
            node(name).close();
            running.remove(name);
        }
    }

    @Override
    public void close() {
        running.values().forEach(Coterie::close);
    }

    /**
     * A port that was never given before, below those that the system gives to outgoing
     * connections, so that it stays free until it is used.
     */
    public static int freePort() {
        IOException failure = null;
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            if (!GIVEN.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                failure = taken;
            }
        }
        throw new AssertionError("no free port", failure);
    }
}
