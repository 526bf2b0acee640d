package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.InFlight;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.Target;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.store.ClientCluster;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.TestedStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 * A strong store that is offered more than it can do: three replicas that keep their records in
 * memory, and a client whose {@link OpenLoad} puts and gets by turns, with a second for each
 * operation. The client's capacity is measured first, with 32 operations in flight. The replicas
 * run in the client's JVM, or with {@code -p jvms=3} each in one of its own. Then the load does not
 * take its processor time from the replicas' threads alone.
 *
 * <p>JMH's own score is how many operations end in a second, however they end. A table for each
 * size of values shows how many of them end well in time, the goodput, and its share of the peak of
 * that size. The plot has a line for each size: {@link StoreOverloadReport}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 4)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class StoreOverloadBenchmark {
    private static final int CALLS = 20;
    private static final int IN_FLIGHT = 32;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The bytes of all values together, at most, unless the values are few. */
    private static final int STORED_BYTES = 32 << 20;

    private static final int MAX_KEYS = 2_000;

    /** The offered load, in multiples of the capacity. */
    @Param({"1", "2", "5", "10"})
    public double offered;

    /** The size of a value. */
    @Param({"100", "4096", "20480", "262144"})
    public int bytes;

    /** Whether all replicas run in this JVM, or each in one of its own. */
    @Param("1")
    public int jvms;

    /**
     * Whether the replicas' code is interpreted. The load's own thread begins about a million
     * operations a second, and needs a processor for that. Replicas with small values do more than
     * a tenth of that, unless they are slow.
     */
    @Param("false")
    public boolean interpreted;

    private final AtomicLong mostInFlight = new AtomicLong();
    private ClientCluster cluster;
    private Target work;
    private Load closed;
    private OpenLoad load;
    private double capacity;
    private Progress progress;

    /** Starts the nodes, measures their capacity, and warms up. */
    @Setup
    public void open(BenchmarkParams params) throws Exception {
        open();
        WarmUp.settle(closed, params, cluster::compiledMillis);
        measure();
        WarmUp.settle(load, params, cluster::compiledMillis);
    }

    void open() throws Exception {
        cluster = new ClientCluster(jvms, interpreted);
        TestedStore patient = cluster.client(PATIENCE);
        Keys keys = new Keys(Math.min(MAX_KEYS, STORED_BYTES / bytes), bytes);
        keys.fill(patient);
        closed = new InFlight(IN_FLIGHT, keys.putsAndGets(patient));
        work = keys.putsAndGets(cluster.client(TIMEOUT));
    }

    void measure() {
        capacity = Capacity.perSecond(closed);
        load = new OpenLoad(this::beginWork, offered * capacity, TIMEOUT);
    }

    /** Begins to offer operations. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        mostInFlight.set(0);
        load.start(progress);
    }

    /** Waits until some operations have ended, however they end. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void overload() {
        progress.await(CALLS);
    }

    /** Lets the last operations end. */
    @TearDown(Level.Iteration)
    public void end() {
        // Before the load ends: the heap under load is of interest.
        double heap = OverloadServer.usedHeap();
        load.stop();
        OverloadProfiler.show(OverloadPoint.of(offered, capacity, load, (double) mostInFlight.get(), heap));
    }

    /** Ends all nodes. */
    @TearDown
    public void close() {
        cluster.close();
    }

    private CompletableFuture<?> beginWork() {
        mostInFlight.accumulateAndGet(load.outcomes().inFlight(), Math::max);
        return work.start();
    }
}
