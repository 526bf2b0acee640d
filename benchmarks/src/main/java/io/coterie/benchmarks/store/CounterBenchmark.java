package io.coterie.benchmarks.store;

import io.coterie.Counters;
import io.coterie.benchmarks.harness.Callers;
import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.Target;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.rpc.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * Callers that wait for each of their additions to one counter, which all of them share. Three
 * nodes in this JVM keep it in memory.
 *
 * <ul>
 *   <li>{@code strong}: all callers at one node;
 *   <li>{@code strong-3-nodes}: a third of them at each node. The column "to plain" shows what that
 *       costs.
 * </ul>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 2)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class CounterBenchmark {
    private static final int CALLS = 100;
    private static final String COUNTER = "hot";

    /** How many callers there are. */
    @Param("9")
    public int callers;

    /** The nodes that they call. */
    @Param({"strong", "strong-3-nodes"})
    public String system;

    private final List<CoterieNode> nodes = new ArrayList<>();
    private Load loop;
    private Progress progress;

    /** Starts a cluster, and warms up. */
    @Setup
    public void open(BenchmarkParams params) throws Exception {
        open();
        WarmUp.settle(loop, params);
    }

    public void open() throws Exception {
        StoreSetup setup = StoreSetup.of(system, true, null);
        for (int i = 0; i < StoreSetup.NODES; i++) {
            nodes.add(CoterieNode.start(setup, i));
        }
        List<Counters<String>> called = new ArrayList<>();
        for (int i = 0; i < (system.equals("strong") ? 1 : StoreSetup.NODES); i++) {
            called.add(nodes.get(i).coterie().counters("benchmark", Codec.utf8()));
        }
        loop = new Callers(callers, new Additions(called));
    }

    /** Begins to call. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        LatencyProfiler.watch(progress);
        loop.start(progress);
    }

    /** Waits for some of the additions of the load. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void add() {
        progress.await(CALLS);
    }

    /** Lets the last calls end. */
    @TearDown(Level.Iteration)
    public void end() {
        loop.stop();
    }

    /** Ends the cluster. */
    @TearDown
    public void close() {
        nodes.forEach(CoterieNode::close);
    }

    /** Assigns one of the nodes to each calling thread, in turn. */
    private static final class Additions implements Target {
        private final AtomicInteger threads = new AtomicInteger();
        private final ThreadLocal<Counters<String>> own;

        Additions(List<Counters<String>> called) {
            own = ThreadLocal.withInitial(() -> called.get(threads.getAndIncrement() % called.size()));
        }

        @Override
        public void call() {
            own.get().addAndGet(COUNTER, 1);
        }

        @Override
        public CompletableFuture<?> start() {
            return own.get().async().addAndGet(COUNTER, 1);
        }
    }
}
