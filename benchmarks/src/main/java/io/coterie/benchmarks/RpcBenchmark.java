package io.coterie.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
 * Calls that send back what they get, over one TCP connection on loopback, with a number of them under way: each call begins
 * the next when it ends, on the event loop. {@code raw} is the limit that the machine sets, a {@link RawEcho}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 2)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class RpcBenchmark {
    private static final int CALLS = 1000;

    /** How many calls are under way. */
    @Param({"1", "16", "64", "256"})
    public int inFlight;

    /** The bytes of a request, and of its answer. */
    @Param({"64", "1024"})
    public int size;

    /** Who carries the calls: {@code raw} or {@code coterie}. The last in the alphabet, so that rivals run side by side. */
    @Param({"raw", "coterie"})
    public String system;

    private AutoCloseable called;
    private Load load;
    private Progress progress;

    /** Connects both ends, and warms up. */
    @Setup
    public void open(BenchmarkParams params) throws IOException {
        open();
        WarmUp.settle(load, params);
    }

    void open() throws IOException {
        switch (system) {
            case "raw" -> {
                RawEcho raw = new RawEcho(size, inFlight);
                called = raw;
                load = raw;
            }
            case "coterie" -> {
                EchoNodes nodes = new EchoNodes(size);
                called = nodes;
                load = new InFlight(inFlight, nodes);
            }
            default -> throw new IllegalArgumentException("system \"" + system + "\" is neither raw nor coterie");
        }
    }

    /** Begins to call. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        LatencyProfiler.watch(progress);
        load.start(progress);
    }

    /** Waits for some of the calls that go on meanwhile. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void echo() {
        progress.await(CALLS);
    }

    /** Lets the last calls end. */
    @TearDown(Level.Iteration)
    public void end() {
        load.stop();
    }

    /** Ends both ends. */
    @TearDown
    public void close() throws Exception {
        called.close();
    }
}
