package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.FiguresProfiler;
import io.coterie.benchmarks.harness.Folders;
import io.coterie.benchmarks.harness.Loopback;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.internal.replica.CopyRepair;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The return of the third replica on its directory, after each key was changed once while it was
 * stopped: from its start until it has all copies again. Keys have 16 B, values 128 B. Nobody else
 * uses the cluster, and all replicas are in one JVM. The default is a minute of 5,000 changes a
 * second.
 *
 * <p>Beside it stands {@code bytes-to-missed}: how many bytes passed on the loopback interface for
 * each byte of keys and values that the replica had missed, where the system counts them.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms4g", "-Xmx4g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class CatchUpBenchmark {
    private static final int AWAY = 2;
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** How many keys there are; the replica has missed a change of each. */
    @Param("300000")
    public int records;

    /** The store's policy. */
    @Param({"strong", "eventual"})
    public String policy;

    private Path folder;
    private StoreSetup setup;
    private TestedStore store;
    private CoterieNode second;
    private @Nullable Returned returned;

    /** What the replica that returns consists of. */
    private record Returned(RpcNode node, Replication replication, CopyRepair repair) implements AutoCloseable {
        @Override
        public void close() {
            replication.close();
            node.close();
        }
    }

    /** Writes all keys at all replicas, and once more without the third. */
    @Setup
    public void write() throws Exception {
        folder = Folders.create();
        setup = StoreSetup.of(policy, true, folder);
        ConsistencyPolicy consistency = policy.equals("strong") ? Consistency.strong() : Consistency.eventual();
        Keys keys = new Keys(records);
        CoterieNode first = CoterieNode.start(setup, 0);
        second = CoterieNode.start(setup, 1);
        try (CoterieNode third = CoterieNode.start(setup, AWAY)) {
            third.coterie().awaitReady(Duration.ofMinutes(1));
            store = first.store(consistency);
            keys.fill(store);
        }
        keys.fill(store);
        System.gc();
    }

    /** Starts the third replica, and returns when it has all copies. */
    @Benchmark
    public Object catchUp() {
        OptionalLong before = Loopback.bytes();
        Returned third = start();
        returned = third;
        long end = System.nanoTime() + LIMIT_NANOS;
        // Of an eventual store, some writes are sent to it once more by their own nodes.
        while (third.repair().taken() < records && !third.repair().isCaughtUp()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("only " + third.repair().taken() + " copies were taken");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        OptionalLong after = Loopback.bytes();
        if (before.isPresent() && after.isPresent()) {
            double missed = (double) records * (Keys.KEY_BYTES + Keys.VALUE_BYTES);
            FiguresProfiler.show(Map.of("bytes-to-missed", (after.getAsLong() - before.getAsLong()) / missed));
        }
        return third;
    }

    private Returned start() {
        List<NodeId> replicas = IntStream.range(0, StoreSetup.NODES)
                .mapToObj(node -> NodeId.of(CoterieNode.name(node)))
                .toList();
        Storage storage = Storage.directory(folder.resolve(CoterieNode.name(AWAY)));
        RpcNodeBuilder builder = RpcNode.builder()
                .cluster(CoterieNode.CLUSTER)
                .self(replicas.get(AWAY))
                .nodeKey(storage.keyFiles())
                .listen(HostPort.parse(setup.address(AWAY)));
        for (int node = 0; node < AWAY; node++) {
            builder.peer(replicas.get(node), HostPort.parse(setup.address(node)));
        }
        RpcNode node = builder.start();
        ReplicationOptions options = new ReplicationOptions(
                        Duration.ofMillis(500), RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(500)))
                .withRules(Consistency.rules());
        Replication replication = Replication.start(node, replicas, storage, options);
        return new Returned(node, replication, CopyRepair.start(replication, PERIOD));
    }

    /** Stops all. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        if (returned != null) {
            returned.close();
        }
        second.close();
        store.close();
        Folders.delete(folder);
    }
}
