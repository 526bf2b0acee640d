package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.store.ClientCluster;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.TestedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Puts and gets by turns of a good client, while another client that was let in floods all three
 * replicas. The store is strong and in memory, with 10,000 keys of 16 B, values of 128 B, and one
 * value of 512 KiB. The good client, the replicas and the {@link Flooder} have processes of their
 * own, all on loopback.
 *
 * <ul>
 *   <li>{@code scans}: 1,000 scans in flight to each replica, of 1,000 keys each;
 *   <li>{@code reads}: 50 messages in flight to each, with 1,000 reads of the one large value each;
 *   <li>{@code watches}: 2,000 watches at once at each, of a prefix of 4 KiB each, and a new one
 *       for each that is answered or refused;
 *   <li>{@code changes}: 1,000 watches of all keys at each, which ask for the same changes again
 *       and again;
 *   <li>{@code stores}: 100 in flight to each, each for a new store;
 *   <li>{@code registrations}: 100 in flight to each, as if the client were a replica;
 *   <li>{@code reports}: 100 in flight to each, which cost a replica next to nothing. The good
 *       client then loses only the processor time that the flooding process takes.
 * </ul>
 *
 * <p>The aim is at least half of the throughput, and at most five times the p99, of the same client
 * left in peace.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 1, time = 4)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class HostileCallerBenchmark {
    private static final int CALLS = 20;
    private static final int KEYS = 10_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String LARGE_KEY = "large";
    private static final int LARGE_BYTES = 512 << 10;

    /**
     * The callers: a number and {@code -callers} that wait for each call, or a number of calls
     * {@code -in-flight}.
     */
    @Param({"1-callers", "64-callers"})
    public String load;

    /** The flood of the other client. */
    @Param({HostileBenchmark.NONE, Flood.REPORTS, "scans", "reads", "watches", "changes", "stores", "registrations"})
    public String disturbance;

    /** Whether each replica has a JVM of its own, or all run in this one. */
    @Param("3")
    public int jvms;

    private ClientCluster cluster;
    private Load calls;
    private @Nullable Child flooder;
    private Progress progress;

    /** Starts the replicas, fills the store, warms up, and begins to disturb. */
    @Setup
    public void open(BenchmarkParams params) throws Exception {
        connect();
        WarmUp.settle(calls, params, cluster::compiledMillis);
        disturb();
    }

    void connect() throws Exception {
        cluster = new ClientCluster(jvms, false);
        TestedStore store = cluster.client(TIMEOUT);
        Keys keys = new Keys(KEYS);
        keys.fill(store);
        store.putNow(LARGE_KEY.getBytes(StandardCharsets.US_ASCII), new byte[LARGE_BYTES]);
        calls = Load.of(load, keys.putsAndGets(store));
    }

    void disturb() throws IOException {
        if (!disturbance.equals(HostileBenchmark.NONE)) {
            List<String> args = new ArrayList<>(List.of(disturbance, LARGE_KEY));
            cluster.ports().forEach(port -> args.add(Integer.toString(port)));
            flooder = Child.start(Flooder.class, args.toArray(String[]::new));
        }
    }

    /** Begins to call. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        LatencyProfiler.watch(progress);
        calls.start(progress);
    }

    /** Waits for some of the operations of the load. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void operation() {
        progress.await(CALLS);
    }

    /** Lets the last operations end. */
    @TearDown(Level.Iteration)
    public void end() {
        calls.stop();
        // Fails if the flood has failed.
        answered();
    }

    /** How many requests of the flood have ended so far. */
    long answered() {
        return flooder == null ? 0 : Long.parseLong(flooder.ask(Flooder.ANSWERED));
    }

    /** Ends all processes. */
    @TearDown
    public void close() {
        if (flooder != null) {
            flooder.close();
        }
        cluster.close();
    }
}
