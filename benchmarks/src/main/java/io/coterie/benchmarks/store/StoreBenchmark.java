package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.Folders;
import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.raw.QuorumStore;
import io.coterie.benchmarks.raw.RawQuorum;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedStore;
import java.nio.file.Path;
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
 * Puts and gets at one of three replicas that are connected over TCP on loopback. Keys have 16 B
 * and are chosen at random; values have 128 B.
 *
 * <ul>
 *   <li>{@code raw}: the cost of the bytes alone, a {@link RawQuorum};
 *   <li>{@code raw-quorum}: the limit that the machine sets for strong operations, a {@link
 *       QuorumStore}. An eventual operation needs no answer of another replica and may be faster;
 *   <li>{@code strong}, {@code eventual}: the store's policy;
 *   <li>{@code jgroups-raft}, when asked for: the map of a Raft group, at its leader. Its
 *       operations return at their end only, so that as many callers wait as were to be in flight.
 *       Its gets are not linearizable.
 * </ul>
 *
 * <p>Folders are made below {@code java.io.tmpdir} and deleted at the end. If that is in memory,
 * forcing costs nothing, and the figures of {@code directory} mean nothing. Set it with {@code
 * -jvmArgsAppend -Djava.io.tmpdir=...}.
 *
 * <p>All systems run with the parallel collector. G1 has threads that refine what every put leaves
 * in an old object. With three nodes on two processors, those threads compete with the nodes that
 * are measured. Use {@code -jvmArgsAppend -XX:+UseG1GC} to see by how much.
 *
 * <p>With {@code -prof gc -p jvms=3} the table shows what an operation allocates at the called node
 * alone.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 2)
public class StoreBenchmark {
    private static final int CALLS = 1000;

    /** Gets in flight. */
    public static class Gets extends Calls {
        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws Exception {
            open(false);
            warmUp(params);
        }
    }

    /** Puts in flight. */
    public static class Puts extends Calls {
        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws Exception {
            open(true);
            warmUp(params);
        }
    }

    /** Waits for some of the gets of the load. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void get(Gets gets) {
        gets.progress.await(CALLS);
    }

    /** Waits for some of the puts of the load. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void put(Puts puts) {
        puts.progress.await(CALLS);
    }

    /** Operations of one kind. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
    public abstract static class Calls {
        /** Whether all replicas run in this JVM, or each in one of its own. */
        @Param({"1", "3"})
        public int jvms;

        /** How many keys there are; 1 is a single hot key. */
        @Param("10000")
        public int keys;

        /**
         * The callers: a number and {@code -callers} that wait for each call, or a number of calls
         * {@code -in-flight}.
         */
        @Param({"1-callers", "64-callers", "256-callers", "256-in-flight"})
        public String load;

        /**
         * {@code directory} forces each write at a majority before it ends. Reads come from memory
         * with either.
         */
        @Param({"memory", "directory"})
        public String storage;

        /**
         * The system that replicates. This parameter's name is the last in the alphabet, so that
         * rivals run side by side.
         */
        @Param({"raw", "raw-quorum", "strong", "eventual"})
        public String system;

        Progress progress;
        private @Nullable Path folder;
        private StoreCluster cluster;
        private Load loop;

        void open(boolean puts) throws Exception {
            folder = storage.equals("directory") ? Folders.create() : null;
            cluster = new StoreCluster(StoreSetup.of(system, puts, folder), jvms);
            TestedStore store = cluster.store();
            Keys all = new Keys(keys);
            all.fill(store);
            loop = Load.of(load, puts ? all.puts(store) : all.gets(store), store.isAsynchronous());
        }

        void warmUp(BenchmarkParams params) {
            WarmUp.settle(loop, params, cluster::compiledMillis);
        }

        /** Begins to call. */
        @Setup(Level.Iteration)
        public void begin() {
            progress = new Progress();
            LatencyProfiler.watch(progress);
            loop.start(progress);
        }

        /** Lets the last calls end. */
        @TearDown(Level.Iteration)
        public void end() {
            loop.stop();
        }

        /** Ends the cluster and deletes its folder. */
        @TearDown
        public void close() throws Exception {
            cluster.close();
            if (folder != null) {
                Folders.delete(folder);
            }
        }
    }
}
