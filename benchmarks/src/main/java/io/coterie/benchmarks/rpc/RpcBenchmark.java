package io.coterie.benchmarks.rpc;

import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.raw.RawEcho;
import io.coterie.benchmarks.report.SystemNames;
import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
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
 * Calls whose answer is the request, over one TCP connection on loopback, with a number of them in
 * flight. Each call begins the next when it ends, on the event loop.
 *
 * <p>{@code raw} is the limit that the machine sets, a {@link RawEcho}. {@code netty} has frames,
 * numbers and futures over plain Netty. {@code grpc} is gRPC on its event loops, with bytes. More
 * systems run when they are asked for, as in {@code -p system=coterie,coterie-tls}:
 *
 * <ul>
 *   <li>{@code raw-spin}: {@code raw}, with both sides asking again and again instead of sleeping;
 *   <li>{@code coterie-spin}: nodes that poll for 1 ms before they sleep; beside {@code raw-spin}
 *       in the table;
 *   <li>{@code coterie-tls}: mutual TLS, with a certificate made at set-up;
 *   <li>{@code coterie-once}: a method that is not idempotent, whose answers the server keeps;
 *   <li>{@code coterie-events}: with a flight recording of the library's events in the JVM that
 *       calls;
 *   <li>{@code harness}: calls that no network carries, see {@link HarnessEcho}.
 * </ul>
 *
 * <p>The column "to plain" shows what a variant of {@code coterie} costs, if {@code coterie} is in
 * the same run. With {@code -prof gc} the table shows what a call allocates. That covers both
 * sides, as it should, only with {@code -p jvms=1}.
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

    /** How many calls are in flight. */
    @Param({"1", "16", "64", "256"})
    public int inFlight;

    /** The bytes of a request, and of its answer. */
    @Param({"64", "1024"})
    public int size;

    /** Whether the serving side runs in this JVM too (1), or in one of its own (2). */
    @Param({"1", "2"})
    public int jvms;

    /**
     * The system that carries the calls. This parameter's name is the last in the alphabet, so that
     * rivals run side by side.
     */
    @Param({"raw", "netty", "grpc", "coterie"})
    public String system;

    private @Nullable TestedServer server;
    private EchoLoad client;
    private Progress progress;

    /** Connects both ends, and warms up. */
    @Setup
    public void open(BenchmarkParams params) throws IOException {
        open();
        WarmUp.settle(client.load(), params, this::compiledMillis);
    }

    void open() throws IOException {
        server = serve();
        client = Echoes.connect(system, server == null ? 0 : server.port(), size, inFlight);
    }

    /** Begins to call. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        LatencyProfiler.watch(progress);
        client.load().start(progress);
    }

    /** Waits for some of the calls of the load. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void echo() {
        progress.await(CALLS);
    }

    /** Lets the last calls end. */
    @TearDown(Level.Iteration)
    public void end() {
        client.load().stop();
    }

    /** Closes both ends. */
    @TearDown
    public void close() throws Exception {
        client.close();
        if (server != null) {
            server.close();
        }
    }

    private @Nullable TestedServer serve() throws IOException {
        if (system.equals(SystemNames.HARNESS)) {
            return null;
        }
        return switch (jvms) {
            case 1 -> Echoes.serve(system, size);
            case 2 -> EchoProcess.start(system, size);
            default -> throw new IllegalArgumentException("jvms " + jvms + " is neither 1 nor 2");
        };
    }

    private long compiledMillis() {
        long other = server instanceof EchoProcess process ? process.compiledMillis() : 0;
        return WarmUp.compiledMillis() + other;
    }
}
