package io.coterie.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trial starts has ended when the trial is over. */
class LeftoversTest {
    private static final int CALLS = 500;

    /** Not jgroups-raft: a thread of its own outlives its channel now and then. */
    @ParameterizedTest
    @CsvSource({
        "raw, 1",
        "raw-spin, 1",
        "netty, 1",
        "grpc, 1",
        "coterie, 1",
        "coterie-spin, 1",
        "coterie-tls, 1",
        "coterie-once, 1",
        "coterie-events, 1",
        "harness, 1",
        "raw, 2",
        "raw-spin, 2",
        "netty, 2",
        "grpc, 2",
        "coterie, 2",
        "coterie-spin, 2",
        "coterie-tls, 2",
        "coterie-once, 2",
        "coterie-events, 2"
    })
    void anEchoLeavesNothingBehind(String system, int jvms) throws Exception {
        Set<String> before = threads();
        RpcBenchmark benchmark = new RpcBenchmark();
        benchmark.inFlight = 16;
        benchmark.size = 64;
        benchmark.jvms = jvms;
        benchmark.system = system;

        benchmark.open();
        benchmark.begin();
        assertFalse(threads().equals(before));
        assertEquals(jvms - 1, children());
        benchmark.echo();
        benchmark.end();
        benchmark.close();

        assertEquals(0, children());
        awaitEndOfAllBut(before);
    }

    @Test
    void anOverloadedServerEndsAndRefuses() throws Exception {
        OverloadBenchmark benchmark = new OverloadBenchmark();
        benchmark.offered = 5;

        benchmark.open();
        assertEquals(1, children());
        benchmark.measure();
        benchmark.begin();
        for (int i = 0; i < 20; i++) {
            benchmark.overload();
        }
        benchmark.end();
        benchmark.close();

        assertEquals(0, children());
        OverloadPoint point = OverloadProfiler.shown();
        assertTrue(point.answered() > 0, () -> "nothing was answered: " + point);
        assertTrue(point.refused() > 0, () -> "nothing was refused: " + point);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anOverloadedStoreLeavesNothingBehindAndEndsAllItBegan(int jvms) throws Exception {
        Set<String> before = threads();
        StoreOverloadBenchmark benchmark = new StoreOverloadBenchmark();
        benchmark.offered = 5;
        benchmark.bytes = 20_480;
        benchmark.jvms = jvms;

        benchmark.open();
        assertEquals(jvms == 1 ? 0 : jvms, children());
        benchmark.measure();
        benchmark.begin();
        for (int i = 0; i < 50; i++) {
            benchmark.overload();
        }
        benchmark.end();
        benchmark.close();

        assertEquals(0, children());
        awaitEndOfAllBut(before);
        OverloadPoint point = OverloadProfiler.shown();
        assertTrue(point.capacity() > 0, () -> "nothing could be done: " + point);
        assertEquals(point.begun(), point.answered() + point.refused() + point.late(), 1e-6 * point.begun());
    }

    @ParameterizedTest
    @CsvSource({
        "raw, 1", "raw-quorum, 1", "strong, 1", "eventual, 1",
        "raw, 3", "raw-quorum, 3", "strong, 3", "eventual, 3"
    })
    void aStoreLeavesNothingBehind(String system, int jvms) throws Exception {
        Set<String> before = threads();
        Path folder = Folders.create();
        StoreCluster cluster = new StoreCluster(StoreSetup.of(system, true, folder), jvms);
        TestedStore store = cluster.store();
        Keys keys = new Keys(10);

        keys.fill(store);
        assertEquals(jvms - 1, children());
        run(Load.of("4-callers", keys.puts(store)));
        run(Load.of("16-in-flight", keys.puts(store), store.isAsynchronous()));
        run(Load.of("16-in-flight", keys.gets(store), store.isAsynchronous()));
        assertTrue(
                filesOfAtLeast(folder, CALLS * Keys.VALUE_BYTES) >= 2,
                "what a majority has is in two of the three logs");
        cluster.close();

        assertEquals(0, children());
        awaitEndOfAllBut(before);
        Folders.delete(folder);
        assertFalse(Files.exists(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"strong", "strong-3-nodes"})
    void aCounterLeavesNothingBehind(String system) throws Exception {
        Set<String> before = threads();
        CounterBenchmark benchmark = new CounterBenchmark();
        benchmark.callers = 9;
        benchmark.system = system;

        benchmark.open();
        benchmark.begin();
        benchmark.add();
        benchmark.end();
        benchmark.close();

        awaitEndOfAllBut(before);
    }

    @Test
    void aFailedCallEndsTheRun() {
        Progress progress = new Progress();
        progress.failed(new IllegalStateException("on purpose"));

        assertThrows(IllegalStateException.class, () -> progress.await(1));
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

    private static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    /** Netty and gRPC have threads for all who use them, which end a second after their last use. */
    private static void awaitEndOfAllBut(Set<String> expected) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Optional<Thread> other = otherThan(expected);
        while (other.isPresent()) {
            TimeUnit.NANOSECONDS.timedJoin(other.get(), deadline - System.nanoTime());
            assertTrue(System.nanoTime() < deadline, other.get() + " does not end");
            other = otherThan(expected);
        }
    }

    private static Optional<Thread> otherThan(Set<String> expected) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !expected.contains(thread.getName()))
                // The JVM keeps it for a minute to wait for children.
                .filter(thread -> !thread.getName().startsWith("process reaper"))
                // Flight recordings have threads for all of them, which stay.
                .filter(thread -> !thread.getName().startsWith("JFR "))
                .findAny();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
