package io.coterie.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Consistency;
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
    @ValueSource(strings = {"4-callers", "16-in-flight"})
    void aClusterLeavesNoThreads(String load) throws Exception {
        Set<String> before = threads();
        Path folder = Folders.create();
        StoreCluster cluster = new StoreCluster(Consistency.strong(), folder);

        run(Load.of(load, cluster.puts()));
        run(Load.of(load, cluster.gets()));
        cluster.close();
        Folders.delete(folder);

        assertEquals(before, threads());
        assertFalse(Files.exists(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4-callers", "16-in-flight"})
    void aRawQuorumLeavesNoThreads(String load) throws Exception {
        Set<String> before = threads();
        Path folder = Folders.create();
        RawQuorum quorum = new RawQuorum(152, 8, folder);

        run(Load.of(load, quorum));
        quorum.close();

        assertEquals(before, threads());
        assertTrue(filesOfAtLeast(folder, CALLS * 152) >= 2, "what a majority has is in two of the three files");
        Folders.delete(folder);
    }

    @Test
    void aFailedCallEndsTheRun() {
        Progress progress = new Progress();
        progress.failed(new IllegalStateException("on purpose"));

        assertThrows(IllegalStateException.class, () -> progress.await(1));
    }

    private static long filesOfAtLeast(Path folder, long bytes) {
        return Stream.of(folder.toFile().listFiles())
                .filter(file -> file.length() >= bytes)
                .count();
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
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
