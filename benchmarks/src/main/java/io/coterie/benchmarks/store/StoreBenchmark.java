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
 * Puts and gets at one of three replicas, connected over TCP on loopback: keys of 16 B, chosen at random, values of 128 B.
 *
 * <ul>
 *   <li>{@code raw}: what the bytes alone cost, a {@link RawQuorum};
 *   <li>{@code raw-quorum}: the limit of strong operations that the machine sets, a {@link QuorumStore}; an eventual operation
 *       needs no answer of another replica and may pass it;
 *   <li>{@code strong}, {@code eventual}: the store's policy;
 *   <li>{@code jgroups-raft}, when asked for: the map of a Raft group at its leader. It has no operations that return before
 *       their end, so that as many callers wait as were to be in flight; and its gets are not linearizable.
 * </ul>
 *
 * <p>Folders are made below {@code java.io.tmpdir} and deleted in the end. Where that is in memory, forcing costs nothing,
 * and the figures of {@code directory} mean nothing: set it with {@code -jvmArgsAppend -Djava.io.tmpdir=...}.
 *
 * <p>All of them run with the parallel collector. G1 has threads of its own refine what every put leaves in an old object, and with
 * three nodes on two processors those threads take from the nodes what the figures are about: set {@code -jvmArgsAppend
 * -XX:+UseG1GC} to see how much.
 *
 * <p>With {@code -prof gc -p jvms=3} the table shows what an operation allocates at the node that is called alone.
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

    /** Gets under way. */
    public static class Gets extends Calls {
        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws Exception {
            open(false);
            warmUp(params);
        }
    }

    /** Puts under way. */
    public static class Puts extends Calls {
        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws Exception {
            open(true);
            warmUp(params);
        }
    }

    /** Waits for some of the gets that go on meanwhile. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void get(Gets gets) {
        gets.progress.await(CALLS);
    }

    /** Waits for some of the puts that go on meanwhile. */
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

        /** How many keys there are; 1 is a hot one. */
        @Param("10000")
        public int keys;

        /** Who calls: a number of {@code -callers} that wait for each call, or of calls {@code -in-flight}. */
        @Param({"1-callers", "64-callers", "256-callers", "256-in-flight"})
        public String load;

        /** {@code directory} forces each write at a majority before it ends; reads are from memory with either. */
        @Param({"memory", "directory"})
        public String storage;

        /** Who replicates. The last in the alphabet, so that rivals run side by side. */
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
