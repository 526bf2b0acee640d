package io.coterie.failuredetector;

import static java.util.concurrent.ForkJoinPool.commonPool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the page on failure detection, compiled, run, and compared with what it shows. */
class FailureDetectionPageTest {
    private static final Pattern PAGE_CODE = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern THIS_CODE =
            Pattern.compile("// example begins\\R(.*?)// example ends", Pattern.DOTALL);

    /** What stands in for the page's address, so that the example runs anywhere. */
    private static final Pattern STAND_IN = Pattern.compile("at\\((\"[^\"]*\")\\)");

    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final String address;

    FailureDetectionPageTest() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            address = "127.0.0.1:" + free.getLocalPort();
        }
    }

    @Test
    void thePageShowsTheCodeThatRunsHere() throws IOException {
        String here = firstMatch(
                THIS_CODE, Path.of("src/test/java/io/coterie/failuredetector/FailureDetectionPageTest.java"));
        String shown = firstMatch(PAGE_CODE, Path.of("../src/site/markdown/failure-detection.md"));

        assertEquals(STAND_IN.matcher(here).replaceAll("$1"), shown);
    }

    @Test
    void theExampleRuns() {
        // example begins
        NodeId a = NodeId.of("a");
        NodeId b = NodeId.of("b");
        try (RpcNode nodeA = RpcNode.builder()
                        .cluster("shop")
                        .self("a")
                        .listen(at("127.0.0.1:7500"))
                        .start();
                RpcNode nodeB = RpcNode.builder()
                        .cluster("shop")
                        .self("b")
                        .peer("a", at("127.0.0.1:7500"))
                        .start()) {
            FailureDetector.start(nodeA, List.of(b), FailureDetection.phiAccrual());
            FailureDetector ofB = FailureDetector.start(nodeB, List.of(a), FailureDetection.phiAccrual());

            ofB.addListener((peer, before, now) -> report(peer + " was " + before + " and is " + now), commonPool());
            ofB.addPauseListener(Duration.ofSeconds(5), pause -> distrustLeases(), commonPool());
            doWork(() -> ofB.state(a) != PeerState.DOWN);
        }
        // example ends
    }

    private void doWork(BooleanSupplier mayAsk) {
        try {
            assertEquals("a was UNKNOWN and is UP", changes.poll(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertTrue(mayAsk.getAsBoolean());
    }

    private void distrustLeases() {}

    private void report(String change) {
        changes.add(change);
    }

    private String at(String shown) {
        assertEquals("127.0.0.1:7500", shown);
        return address;
    }

    private static String firstMatch(Pattern code, Path file) throws IOException {
        Matcher match = code.matcher(Files.readString(file));
        assertTrue(match.find(), () -> "no " + code + " in " + file.toAbsolutePath());
        return match.group(1).replaceAll("\\s+", " ").replaceAll(" (?=\\.)", "").strip();
    }
}
