package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The service of the page on calls, compiled, run, and compared with what the page shows. */
class RpcPageTest {
    private static final Pattern PAGE_CODE = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern THIS_CODE =
            Pattern.compile("// example begins\\R(.*?)// example ends", Pattern.DOTALL);

    /** What stands in for the page's address, so that the example runs anywhere. */
    private static final Pattern STAND_IN = Pattern.compile("at\\((\"[^\"]*\")\\)");

    private final String address = "127.0.0.1:" + FreePorts.next();

    @Test
    void thePageShowsTheCodeThatRunsHere() throws IOException {
        String here = firstMatch(THIS_CODE, Path.of("src/test/java/io/coterie/rpc/RpcPageTest.java"));
        String shown = firstMatch(PAGE_CODE, Path.of("../src/site/markdown/rpc.md"));

        assertEquals(STAND_IN.matcher(here).replaceAll("$1"), shown);
    }

    @Test
    void theExampleRuns() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example();
        } finally {
            System.setOut(before);
        }

        assertTrue(printed.toString(StandardCharsets.UTF_8).startsWith("99 left"), printed::toString);
    }

    private void example() {
        // example begins
        RpcMethod<String, Long> reserve = new RpcMethod<>("stock.reserve", Codec.utf8(), Codec.int64(), false);

        try (RpcNode stock = RpcNode.builder()
                        .cluster("shop")
                        .self("stock")
                        .listen(at("127.0.0.1:7500"))
                        .start();
                RpcNode web = RpcNode.builder()
                        .cluster("shop")
                        .self("web")
                        .peer("stock", at("127.0.0.1:7500"))
                        .start()) {

            AtomicLong left = new AtomicLong(100);
            stock.serve(reserve, (caller, article) -> left.decrementAndGet()); // may block

            CallOptions options = CallOptions.within(Duration.ofSeconds(2))
                    .retrying(RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(500))
                            .withJitter());
            CompletableFuture<Long> answer = web.call(NodeId.of("stock"), reserve, "4711", options);
            System.out.println(answer.join() + " left, reserved once however often it was tried");
        }
        // example ends
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
