package io.coterie.benchmarks;

import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import java.io.IOException;
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
 * Puts and gets at one of three replicas in one process, connected over TCP on loopback: 10,000 keys of 16 B, chosen at
 * random, values of 128 B. {@code raw} is the limit that the machine sets, a {@link RawQuorum}, for strong operations; an
 * eventual one needs no answer of another replica and may pass it.
 *
 * <p>Folders are made below {@code java.io.tmpdir} and deleted in the end. Where that is in memory, forcing costs nothing,
 * and the figures of {@code directory} mean nothing: set it with {@code -jvmArgsAppend -Djava.io.tmpdir=...}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 2)
public class StoreBenchmark {
    private static final int CALLS = 1000;

    /** Gets under way. */
    public static class Gets extends Calls {
        /** Reads are from memory with either. */
        @Param({"memory", "directory"})
        public String storage = "memory";

        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws IOException {
            open(storage, StoreCluster.KEY_BYTES, StoreCluster.VALUE_BYTES, false);
            warmUp(params);
        }
    }

    /** Puts under way. */
    public static class Puts extends Calls {
        /** {@code directory} forces each write at a majority before it ends. */
        @Param({"memory", "directory"})
        public String storage = "memory";

        /** Starts a cluster, and warms up. */
        @Setup
        public void open(BenchmarkParams params) throws IOException {
            open(storage, StoreCluster.KEY_BYTES + StoreCluster.VALUE_BYTES, 0, true);
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
        /** Who calls: a number of {@code -callers} that wait for each call, or of calls {@code -in-flight}. */
        @Param({"1-callers", "16-callers", "64-callers", "256-callers", "256-in-flight"})
        public String load;

        /** {@code raw}, or the store's policy. The last in the alphabet, so that rivals run side by side. */
        @Param({"raw", "strong", "eventual"})
        public String system;

        Progress progress;
        private @Nullable Path folder;
        private AutoCloseable called;
        private Load loop;

        void open(String storage, int requestBytes, int answerBytes, boolean puts) throws IOException {
            folder = storage.equals("directory") ? Folders.create() : null;
            if (system.equals("raw")) {
                // What is only read is forced by nobody.
                RawQuorum raw = new RawQuorum(requestBytes, answerBytes, puts ? folder : null);
                called = raw;
                loop = Load.of(load, raw);
            } else {
                StoreCluster cluster = new StoreCluster(policy(), folder);
                called = cluster;
                loop = Load.of(load, puts ? cluster.puts() : cluster.gets());
            }
        }

        void warmUp(BenchmarkParams params) {
            WarmUp.settle(loop, params);
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
            called.close();
            if (folder != null) {
                Folders.delete(folder);
            }
        }

        private ConsistencyPolicy policy() {
            return switch (system) {
                case "strong" -> Consistency.strong();
                case "eventual" -> Consistency.eventual();
                default ->
                    throw new IllegalArgumentException("system \"" + system + "\" is none of raw, strong, eventual");
            };
        }
    }
}
