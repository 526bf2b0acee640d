package io.coterie.benchmarks.store;

import io.coterie.benchmarks.harness.Folders;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedStore;
import io.coterie.consistency.Consistency;
import java.nio.file.Path;
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
 * The start of a replica on a directory with records of a strong store: keys of 16 B, each written
 * once, with values of 128 B. The journal has just been written, so that it is read from the
 * system's cache. The first start in a JVM is measured, as a restarted replica has no other.
 *
 * <p>The directory is made below {@code java.io.tmpdir}, see {@link StoreBenchmark}. The collector
 * is the same as there.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, and calls the set-up first.
public class RecoveryBenchmark {
    /** How many keys there are. */
    @Param("1000000")
    public int records;

    private Path folder;
    private StoreSetup setup;
    private @Nullable CoterieNode started;

    /** Writes the records, and closes. */
    @Setup
    public void write() throws Exception {
        folder = Folders.create();
        setup = StoreSetup.of("strong", true, folder);
        try (TestedStore store = CoterieNode.startAlone(setup).store(Consistency.strong())) {
            new Keys(records).fill(store);
        }
        // The garbage of the writing must not be collected during the recovery.
        System.gc();
    }

    /** Starts the replica, which reads all of its journal before it returns. */
    @Benchmark
    public Object start() {
        CoterieNode node = CoterieNode.startAlone(setup);
        started = node;
        return node;
    }

    /** Closes it again. */
    @TearDown(Level.Invocation)
    public void close() {
        if (started != null) {
            started.close();
            started = null;
        }
    }

    /** Deletes the directory. */
    @TearDown
    public void delete() throws Exception {
        Folders.delete(folder);
    }
}
