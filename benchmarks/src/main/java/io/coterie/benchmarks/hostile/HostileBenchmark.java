package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.LatencyProfiler;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.harness.WarmUp;
import io.coterie.benchmarks.rpc.EchoLoad;
import io.coterie.benchmarks.rpc.EchoProcess;
import io.coterie.benchmarks.rpc.Echoes;
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
 * Calls of a good client while others misuse the server's port. A call sends 64 B and gets them
 * back. Client, server and {@link Attacker} have a process each, all on loopback.
 *
 * <ul>
 *   <li>{@code slow-loris}: 200 connections that send a client's first message, a byte a second;
 *   <li>{@code idle}: 5,000 connections that send nothing. Each process must be allowed that many
 *       open files;
 *   <li>{@code bad-lengths}: 200 connections a second that send lengths which no frame may have, or
 *       garbage;
 *   <li>{@code tls-hello}: 200 connections a second that try to speak TLS with a plain port;
 *   <li>{@code plain-to-tls}: 200 connections a second that send a plain hello to a port that
 *       speaks TLS.
 * </ul>
 *
 * <p>The last runs when it is asked for. Client and server then speak TLS, and the figures stand
 * beside those of the same client left in peace: {@code -p security=tls -p
 * disturbance=none,plain-to-tls}. The others can be run against a TLS port in the same way.
 *
 * <p>A connection that the server closes is opened again, at most 200 a second.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
// Long: the code that accepts connections is compiled only after thousands of them. It costs
// several times as much before.
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 1, time = 4)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class HostileBenchmark {
    /** The parameter whose values are compared. */
    public static final String DISTURBANCE = "disturbance";

    /** The value that the others are compared to. */
    static final String NONE = "none";

    static final String PLAIN_TO_TLS = "plain-to-tls";
    private static final String TLS = "tls";

    private static final int BYTES = 64;
    private static final int CALLS = 100;

    /** How many calls of the good client are in flight. */
    @Param({"1", "16"})
    public int calls;

    /**
     * What the others do. Its name comes last in the alphabet among the parameters with several
     * values, so that what is compared runs side by side.
     */
    @Param({NONE, "slow-loris", "idle", "bad-lengths", "tls-hello"})
    public String disturbance;

    /** What the good client and the server use: {@code none}, or {@code tls} for mutual TLS. */
    @Param({NONE})
    public String security;

    private EchoProcess server;
    private EchoLoad client;
    private @Nullable Child attacker;
    private Progress progress;

    /** Connects the good client, warms up, and begins to disturb. */
    @Setup
    public void open(BenchmarkParams params) throws IOException {
        connect();
        WarmUp.settle(client.load(), params, () -> WarmUp.compiledMillis() + server.compiledMillis());
        disturb();
    }

    void connect() throws IOException {
        String system = system();
        server = EchoProcess.start(system, BYTES);
        client = Echoes.connect(system, server.port(), BYTES, calls);
    }

    private String system() {
        if (disturbance.equals(PLAIN_TO_TLS) && !security.equals(TLS)) {
            throw new IllegalArgumentException("disturbance plain-to-tls with security " + security
                    + ", where a plain hello is a good one; add -p security=tls");
        }
        return switch (security) {
            case NONE -> Echoes.COTERIE;
            case TLS -> Echoes.TLS;
            default -> throw new IllegalArgumentException("security \"" + security + "\" is neither none nor tls");
        };
    }

    void disturb() throws IOException {
        if (!disturbance.equals(NONE)) {
            attacker = Child.start(Attacker.class, disturbance, Integer.toString(server.port()));
        }
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
        // Fails if the attack has failed.
        connectionsOpened();
    }

    /** How many connections the attacker has opened so far. */
    int connectionsOpened() {
        return attacker == null ? 0 : Integer.parseInt(attacker.ask(Attacker.OPENED));
    }

    /** Ends all processes. */
    @TearDown
    public void close() throws IOException {
        if (attacker != null) {
            attacker.close();
        }
        client.close();
        server.close();
    }
}
