package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.ShownCode;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.Lock;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README, compiled, run, and compared with what the README shows. */
class ReadmeExampleTest {
    private static final Path README = Path.of("../README.md");

    /**
     * What stands in for the addresses and the folder of the README, so that the example runs
     * anywhere.
     */
    private static final Pattern STAND_IN =
            Pattern.compile("(?:at|within)\\((\"[^\"]*\"|Path\\.of\\(\"[^\"]*\"\\))\\)");

    private final Map<String, String> addresses = new HashMap<>();

    @TempDir
    Path directory;

    @Test
    void theReadmeShowsTheCodeThatRunsHere() throws IOException {
        String here = ShownCode.run(Path.of("test/java/io/coterie/ReadmeExampleTest.java"));
        assertEquals(STAND_IN.matcher(here).replaceAll("$1"), ShownCode.statements(shown()));
    }

    @Test
    void theReadmeImportsWhatTheExampleNames() throws Exception {
        Set<String> imported = new TreeSet<>(ShownCode.imported(shown()));
        imported.addAll(Set.of("String", "System", "Void"));
        assertEquals(ShownCode.named(shown()), imported);
    }

    private static String shown() throws IOException {
        List<String> blocks = ShownCode.blocks(README);
        assertEquals(1, blocks.size(), "the README has one example");
        return blocks.get(0);
    }

    @Test
    void theExampleRuns() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (Coterie b = replica("b");
                Coterie c = replica("c")) {
            assertNotEquals(b.self(), c.self());
            example();
        } finally {
            System.setOut(before);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("shipped, shipped"), text);
        assertTrue(text.contains("seen from a, a replica that keeps its records in directory"), text);
    }

    private void example() {
        // example begins
        try (Coterie coterie = Coterie.builder()
                .cluster("shop")
                .self("a")
                .replica("a", at("10.0.0.1:7400"))
                .replica("b", at("10.0.0.2:7400"))
                .replica("c", at("10.0.0.3:7400"))
                .storage(Storage.directory(within(Path.of("data"))))
                .start()) {

            Store<String, String> orders = coterie.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());

            orders.put("42", "new");
            orders.update("42", order -> order + ", paid"); // atomic read-modify-write
            orders.compareAndSet("42", "new, paid", "shipped"); // compareAndExchange also returns what it found
            String seen = orders.get("42"); // linearizable
            String near = orders.withReadConsistency(Consistency.eventual()).get("42"); // local, maybe stale
            CompletableFuture<Void> stored = orders.async().put("43", "new"); // nobody waits

            Counters<String> visits = coterie.counters("visits", Codec.utf8());
            visits.addAndGet("home", 1);

            Watch watch = orders.watchPrefix("4", change -> System.out.println(change.key() + ": " + change.value()));
            Page<String, String> page =
                    orders.withTimeout(Duration.ofSeconds(1)).scan(Scan.prefix("4"), 100); // in key order
            Lock billing = coterie.coordination("jobs").lock("billing", Duration.ofSeconds(10));
            Optional<Lease> lease = billing.tryAcquire(Duration.ofSeconds(1)); // with a fencing token that rises

            stored.join();
            System.out.println(seen + ", " + near + ", " + page.entries().size() + ", " + lease.isPresent());
            watch.close();
            System.out.println(coterie.status());
        }
        // example ends
    }

    private Coterie replica(String name) {
        return Coterie.builder()
                .cluster("shop")
                .self(name)
                .replica("a", at("10.0.0.1:7400"))
                .replica("b", at("10.0.0.2:7400"))
                .replica("c", at("10.0.0.3:7400"))
                .start();
    }

    private String at(String address) {
        return addresses.computeIfAbsent(address, absent -> "127.0.0.1:" + LocalCluster.freePort());
    }

    private Path within(Path path) {
        return directory.resolve(path);
    }
}
