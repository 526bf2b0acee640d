package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.PeerListener;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/**
 * A process that watches two others over TCP is stopped by SIGSTOP, until they have closed their
 * connections to it, and continues.
 */
class StoppedProcessTest {
    private static final FailureDetection DETECTION = FailureDetection.phiAccrual();

    /** The watched nodes give up a silent connection after this. */
    private static final Duration KEEPALIVE = Duration.ofSeconds(1);

    @Test
    void aProcessThatWakesFromASigstopSuspectsNobodyWhoClosedItsConnection() throws Exception {
        try (RpcNode b = watched("b");
                RpcNode c = watched("c")) {
            FailureDetector.start(b, List.of(NodeId.of("a")), DETECTION);
            FailureDetector.start(c, List.of(NodeId.of("a")), DETECTION);
            CountDownLatch lost = new CountDownLatch(2);
            Process a = watcher(b, c);
            try (BufferedReader lines = a.inputReader(StandardCharsets.UTF_8)) {
                List<String> heard = new ArrayList<>();
                awaitLine(lines, heard, "b UP");
                awaitLine(lines, heard, "c UP");
                b.addPeerListener(onLoss(lost));
                c.addPeerListener(onLoss(lost));

                signal(a, "STOP");
                assertTrue(lost.await(1, TimeUnit.MINUTES));
                signal(a, "CONT");
                awaitLine(lines, heard, "paused");
                // Longer than until connections are evidence again.
                a.getOutputStream().write('\n');
                a.getOutputStream().flush();
                awaitLine(lines, heard, "end");
                heard.sort(null);
                assertEquals(List.of("b UP", "c UP", "end", "paused"), heard);
            } finally {
                a.destroyForcibly();
            }
        }
    }

    private static PeerListener onLoss(CountDownLatch lost) {
        return new PeerListener() {
            @Override
            public void onDisconnected(NodeId peer, String reason) {
                lost.countDown();
            }
        };
    }

    private static RpcNode watched(String name) {
        return RpcNode.builder()
                .cluster("stopped")
                .self(name)
                .listen("127.0.0.1:0")
                .keepalive(KEEPALIVE)
                .start();
    }

    private static Process watcher(RpcNode b, RpcNode c) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-cp",
                        classPath(),
                        Watcher.class.getName(),
                        String.valueOf(b.boundAddress()),
                        String.valueOf(c.boundAddress()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String classPath() throws Exception {
        return Stream.of(
                        StoppedProcessTest.class,
                        FailureDetector.class,
                        RpcNode.class,
                        Logger.class,
                        Class.forName("org.slf4j.simple.SimpleLogger"),
                        Class.forName("com.github.benmanes.caffeine.cache.Caffeine"),
                        Nullable.class)
                .map(StoppedProcessTest::place)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String place(Class<?> of) {
        return Path.of(URI.create(
                        of.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    private static void signal(Process process, String signal) throws Exception {
        int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertEquals(0, exit);
    }

    /** Adds lines up to the one that is awaited. */
    private static void awaitLine(BufferedReader lines, List<String> heard, String awaited) throws IOException {
        while (!heard.contains(awaited)) {
            String line = lines.readLine();
            if (line == null) {
                throw new AssertionError("the watcher ended after " + heard);
            }
            heard.add(line);
        }
    }

    /** The process that is stopped. It writes each change, and ends some time after it got a line. */
    static final class Watcher {
        private Watcher() {}

        public static void main(String[] args) throws Exception {
            RpcNode node = RpcNode.builder()
                    .cluster("stopped")
                    .self("a")
                    .peer("b", args[0])
                    .peer("c", args[1])
                    .start();
            FailureDetector detector = FailureDetector.start(node, List.of(NodeId.of("b"), NodeId.of("c")), DETECTION);
            CountDownLatch over = new CountDownLatch(1);
            detector.addListener((peer, before, now) -> System.out.println(peer + " " + now), Runnable::run);
            detector.addPauseListener(Duration.ofMillis(900), pause -> System.out.println("paused"), Runnable::run);
            System.in.read();
            node.world().scheduler().execute(() -> node.world().scheduler().schedule(3_000_000_000L, over::countDown));
            over.await();
            System.out.println("end");
        }
    }
}
