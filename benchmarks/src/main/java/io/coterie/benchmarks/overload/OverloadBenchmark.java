package io.coterie.benchmarks.overload;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.InFlight;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.Target;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.rpc.Echoes;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
 * A server that is offered more than it can do: an {@link OverloadServer} in a process of its own,
 * called by an {@link OpenLoad} with 50 ms for each answer. Its capacity is measured first, with 16
 * calls in flight.
 *
 * <p>JMH's own score is how many calls end in a second, however they end. The table and the plot
 * show how many of them are answered in time: {@link OverloadReport}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 2)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class OverloadBenchmark {
    private static final int CALLS = 100;
    private static final int BYTES = 64;
    private static final Duration DEADLINE = Duration.ofMillis(50);
    private static final CallOptions OPTIONS = CallOptions.within(DEADLINE);
    private static final CallOptions PATIENT = CallOptions.within(Duration.ofSeconds(10))
            .retrying(RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(5)));

    /** The offered load, in multiples of the capacity. */
    @Param({"0.5", "1", "2", "5", "10"})
    public double offered;

    private final byte[] request = new byte[BYTES];
    private Child server;
    private RpcNode client;
    private final Load work = new InFlight(2 * OverloadServer.WORKERS, new Work());
    private double capacity;
    private OpenLoad load;
    private Progress progress;

    /** Starts the server, measures its capacity, and warms up. */
    @Setup
    public void open(BenchmarkParams params) throws IOException {
        open();
        WarmUp.settle(work, params, this::compiledMillis);
        measure();
        WarmUp.settle(load, params, this::compiledMillis);
    }

    void open() throws IOException {
        server = Child.start(OverloadServer.class);
        client = Echoes.node("coterie")
                .self("client")
                .peer(OverloadServer.NAME, new HostPort("127.0.0.1", Integer.parseInt(server.firstLine())))
                .start();
        call(PATIENT).join();
    }

    void measure() {
        capacity = Capacity.perSecond(work);
        load = new OpenLoad(() -> call(OPTIONS), offered * capacity, DEADLINE);
    }

    /** Begins to offer calls. */
    @Setup(Level.Iteration)
    public void begin() {
        progress = new Progress();
        server.ask(OverloadServer.MAX_WAITING);
        load.start(progress);
    }

    /** How calls have ended since {@link #begin}. */
    Outcomes outcomes() {
        return load.outcomes();
    }

    /** Waits until some calls have ended, however they end. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void overload() {
        progress.await(CALLS);
    }

    /** Lets the last calls end. */
    @TearDown(Level.Iteration)
    public void end() {
        // Before the load ends: the heap under load is of interest.
        double waiting = number(OverloadServer.MAX_WAITING);
        double heap = number(OverloadServer.HEAP_BYTES);
        load.stop();
        OverloadProfiler.show(OverloadPoint.of(offered, capacity, load, waiting, heap));
    }

    /** Ends client and server. */
    @TearDown
    public void close() {
        client.close();
        server.close();
    }

    private CompletableFuture<byte[]> call(CallOptions options) {
        return client.call(OverloadServer.NAME, OverloadServer.WORK, request, options);
    }

    private long compiledMillis() {
        return WarmUp.compiledMillis() + number(OverloadServer.COMPILED_MILLIS);
    }

    private long number(String question) {
        return Long.parseLong(server.ask(question));
    }

    private final class Work implements Target {
        @Override
        public void call() {
            start().join();
        }

        @Override
        public CompletableFuture<byte[]> start() {
            return OverloadBenchmark.this.call(PATIENT);
        }
    }
}
