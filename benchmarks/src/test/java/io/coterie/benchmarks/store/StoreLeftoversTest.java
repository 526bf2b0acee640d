package io.coterie.benchmarks.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.benchmarks.harness.Folders;
import io.coterie.benchmarks.harness.Leftovers;
import io.coterie.benchmarks.harness.Load;
import io.coterie.benchmarks.harness.Progress;
import io.coterie.benchmarks.tested.Keys;
import io.coterie.benchmarks.tested.StoreSetup;
import io.coterie.benchmarks.tested.TestedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trial of a store starts has ended when the trial is over. */
class StoreLeftoversTest {
    private static final int CALLS = 500;

    /** Not jgroups-raft: a thread of it outlives its channel now and then. */
    @ParameterizedTest
    @CsvSource({
        "raw, 1", "raw-quorum, 1", "strong, 1", "eventual, 1",
        "raw, 3", "raw-quorum, 3", "strong, 3", "eventual, 3"
    })
    void aStoreLeavesNothingBehind(String system, int jvms) throws Exception {
        Set<String> before = Leftovers.threads();
        Path folder = Folders.create();
        StoreCluster cluster = new StoreCluster(StoreSetup.of(system, true, folder), jvms);
        TestedStore store = cluster.store();
        Keys keys = new Keys(10);

        keys.fill(store);
        assertEquals(jvms - 1, Leftovers.children());
        run(Load.of("4-callers", keys.puts(store)));
        run(Load.of("16-in-flight", keys.puts(store), store.isAsynchronous()));
        run(Load.of("16-in-flight", keys.gets(store), store.isAsynchronous()));
        assertTrue(
                filesOfAtLeast(folder, CALLS * Keys.VALUE_BYTES) >= 2,
                "what a majority has is in two of the three logs");
        cluster.close();

        assertEquals(0, Leftovers.children());
        Leftovers.awaitEndOfAllBut(before);
        Folders.delete(folder);
        assertFalse(Files.exists(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"strong", "strong-3-nodes"})
    void aCounterLeavesNothingBehind(String system) throws Exception {
        Set<String> before = Leftovers.threads();
        CounterBenchmark benchmark = new CounterBenchmark();
        benchmark.callers = 9;
        benchmark.system = system;

        benchmark.open();
        benchmark.begin();
        benchmark.add();
        benchmark.end();
        benchmark.close();

        Leftovers.awaitEndOfAllBut(before);
    }

    @Test
    void aReplacementLeavesNothingBehind() throws Exception {
        Set<String> before = Leftovers.threads();
        ReplaceBenchmark benchmark = new ReplaceBenchmark();
        benchmark.records = 50;
        benchmark.valueBytes = 100;
        benchmark.inFlight = 4;
        benchmark.throttled = true;
        benchmark.seconds = 0;

        benchmark.open();
        assertEquals(3, Leftovers.children(), "two members and the newcomer");
        benchmark.replace();
        benchmark.report();
        benchmark.close();

        assertEquals(0, Leftovers.children());
        Leftovers.awaitEndOfAllBut(before);
    }

    private static long filesOfAtLeast(Path folder, long bytes) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(path -> path.toFile().isFile() && path.toFile().length() >= bytes)
                    .count();
        }
    }

    private static void run(Load load) {
        Progress progress = new Progress();
        load.start(progress);
        progress.await(CALLS);
        load.stop();
    }
}
