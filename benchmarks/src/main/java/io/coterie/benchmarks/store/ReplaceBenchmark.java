package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.FiguresProfiler;
import io.coterie.benchmarks.harness.Folders;
import io.coterie.benchmarks.harness.Foreground;
import io.coterie.benchmarks.raw.RawCopy;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.Consistency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The replacement of a dead member while a client puts and gets by turns: three replicas of a strong
 * store, each a JVM with a directory of its own, of which one is killed, and a new one that starts
 * with an empty directory. The score is the time from the call of {@code replace} until it is made.
 *
 * <p>Beside it stand, from the kill to the end of the change,
 *
 * <ul>
 *   <li>{@code failed} operations, and {@code ...-longest-gap-ms}, the longest time in which no
 *       operation of the client ended well: from the kill until the newcomer runs, and while the
 *       change runs;
 *   <li>{@code before-...}, {@code without-...} and {@code during-...}: percentiles of the client's
 *       operations with all three replicas, with the two that are left, and while the change runs;
 *   <li>{@code keys-per-s} and {@code bytes-per-s} that were moved, and {@code raw-bytes-per-s}: as
 *       many bytes copied by {@link RawCopy} afterwards, with nothing else to do.
 * </ul>
 *
 * <p>The directories are made below {@code java.io.tmpdir}, see {@link StoreBenchmark}. The
 * collector is the same as there.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class ReplaceBenchmark {
    private static final int DEAD = 2;
    private static final String NEWCOMER = CoterieNode.name(StoreSetup.NODES);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofMinutes(1);
    private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How many keys there are. */
    @Param("100000")
    public int records;

    /** The size of a value. Keys have 16 B. */
    @Param("100")
    public int valueBytes;

    /** How many operations the client has in flight; 0 for a change without any. */
    @Param("64")
    public int inFlight;

    /** Whether the transfer pauses between pages, as it does unless a benchmark says otherwise. */
    @Param({"true", "false"})
    public boolean throttled;

    /**
     * How long the client warms up, and for how long it is measured with all replicas, and with two.
     */
    @Param("10")
    public int seconds;

    private final List<MemberProcess> replicas = new ArrayList<>();
    private Path folder;
    private StoreSetup setup;
    private String newcomerAddress;
    private @Nullable TestedStore store;
    private @Nullable Foreground foreground;
    private Foreground.Period before;
    private Foreground.Period dead;
    private Foreground.Period without;
    private MemberProcess.Change change;

    /** Starts all, measures the client, kills a replica and starts the one that replaces it. */
    @Setup
    public void open() throws Exception {
        folder = Folders.create();
        setup = StoreSetup.of("strong", true, folder);
        Map<String, String> list = new LinkedHashMap<>();
        for (int node = 0; node < StoreSetup.NODES; node++) {
            list.put(CoterieNode.name(node), setup.address(node));
        }
        for (String name : list.keySet()) {
            replicas.add(MemberProcess.start(name, folder, throttled, list));
        }
        CoterieNode client = CoterieNode.client(setup, "client", TIMEOUT);
        TestedStore opened = client.store(Consistency.strong());
        store = opened;
        client.coterie().awaitReady(START);
        Keys keys = new Keys(records, valueBytes);
        keys.fill(opened);
        Foreground load = new Foreground(inFlight, keys.putsAndGets(opened));
        foreground = load;
        TimeUnit.SECONDS.sleep(seconds);
        load.next();
        TimeUnit.SECONDS.sleep(seconds);
        before = load.next();
        replicas.get(DEAD).kill();
        // Only now, as the replicas have their ports: it must be another one.
        newcomerAddress = StoreSetup.of("strong", true, folder).address(DEAD);
        list.remove(CoterieNode.name(DEAD));
        list.put(NEWCOMER, newcomerAddress);
        replicas.add(MemberProcess.start(NEWCOMER, folder, throttled, list));
        dead = load.next();
        TimeUnit.SECONDS.sleep(seconds);
        without = load.next();
    }

    /** Replaces the dead one. */
    @Benchmark
    public Object replace() {
        change = replicas.get(0).replace(CoterieNode.name(DEAD), NEWCOMER, newcomerAddress);
        return change;
    }

    /** Takes the figures, and copies as much without any protocol. */
    @TearDown(Level.Iteration)
    public void report() throws Exception {
        Foreground load = foreground;
        if (load == null) {
            return;
        }
        Foreground.Period during = load.next();
        load.stop();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("failed", (double) dead.failures() + without.failures() + during.failures());
        figures.put("kill-longest-gap-ms", dead.longestGapNanos() / MILLI);
        figures.put("during-longest-gap-ms", during.longestGapNanos() / MILLI);
        put(figures, "before", before);
        put(figures, "without", without);
        put(figures, "during", during);
        figures.put("during-to-before-p50", (double) during.p50Nanos() / before.p50Nanos());
        figures.put("during-to-before-p99", (double) during.p99Nanos() / before.p99Nanos());
        figures.put("keys-per-s", change.keys() / (change.nanos() / SECOND));
        double bytes = change.bytes() / (change.nanos() / SECOND);
        figures.put("bytes-per-s", bytes);
        double raw = RawCopy.bytesPerSecond(folder.resolve("raw-copy"), change.bytes());
        figures.put("raw-bytes-per-s", raw);
        figures.put("bytes-to-raw", bytes / raw);
        FiguresProfiler.show(figures);
    }

    private static void put(Map<String, Double> figures, String when, Foreground.Period period) {
        figures.put(when + "-per-s", period.calls() / (period.nanos() / SECOND));
        figures.put(when + "-p50-ms", period.p50Nanos() / MILLI);
        figures.put(when + "-p99-ms", period.p99Nanos() / MILLI);
    }

    /** Ends all, and deletes the directories. */
    @TearDown
    public void close() throws Exception {
        if (store != null) {
            store.close();
        }
        replicas.forEach(MemberProcess::close);
        Folders.delete(folder);
    }
}
