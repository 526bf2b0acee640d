package io.coterie.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.RepairBallots;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/**
 * Replicas whose directories hold absurd ballots, before a repair by the real program and after it.
 */
class RepairedClusterTest {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final StoreSpec STORE = new StoreSpec("s", "strong");
    private static final StoreSpec FLOORED = new StoreSpec("floored", "strong");
    private static final Ballot END = new Ballot(Long.MAX_VALUE, Long.MAX_VALUE);
    private static final int KEYS = 24;
    private static final int FINE = 0;
    private static final int OUT_OF_BOUNDS = 1;
    private static final int REFUSED = 2;

    /** What is in each key of the store, in the end and in between. */
    private final Map<String, String> values = new TreeMap<>();

    @TempDir
    Path directory;

    private LocalCluster cluster;

    /** What the program wrote last. */
    private String output = "";

    @BeforeEach
    void poison() {
        cluster = LocalCluster.in(directory)
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(60)))
                .startAll();
        for (int i = 0; i < KEYS; i++) {
            put("k" + i, "v" + i);
        }
        put("promised", "before");
        put("accepted", "before");
        put("accepted by one", "before");
        put("apart", "before");
        put("ahead", "before");
        put("deleted", "before");
        store("a").delete("deleted");
        values.remove("deleted");
        floored("a").put("first", "before");
        cluster.close("a", "b", "c");
        Ballot ahead = ahead(1_000);
        for (int i = 0; i < NAMES.size(); i++) {
            PoisonedJournal journal = new PoisonedJournal(STORE)
                    .promise("promised", END)
                    .accepted("accepted", END, END, "harm")
                    .promise("never written", END)
                    .promise("ahead", ahead)
                    .accepted("above its ballot", ahead(-1), END, "harm above")
                    .floor(END);
            if (i > 0) {
                journal.promise("apart", ahead(1_000L * i));
            } else {
                journal.accepted("accepted by one", END, END, "harm to one");
            }
            journal.appendTo(directory.resolve(NAMES.get(i)), NAMES.get(i));
            new PoisonedJournal(FLOORED).floor(ahead).appendTo(directory.resolve(NAMES.get(i)), NAMES.get(i));
        }
        values.put("accepted", "harm");
        values.put("above its ballot", "harm above");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Ballot ahead(long days) {
        return new Ballot((System.currentTimeMillis() + Duration.ofDays(days).toMillis()) << 16, 7);
    }

    @Test
    void theRepairFreesStuckKeysAndEveryKeyIsReadAndWritten() throws Exception {
        cluster.startAll();
        for (String key : List.of("ahead", "accepted by one", "k0")) {
            put(key, "changed");
            assertEquals("changed", store("b").get(key));
        }
        floored("a").put("absent", "changed");
        assertEquals("changed", floored("b").get("absent"));
        cluster.close("a", "b", "c");
        cluster.instead(builder -> builder.operationTimeout(Duration.ofSeconds(3)))
                .startAll();
        for (String key : List.of("promised", "accepted", "apart", "above its ballot", "never written", "absent")) {
            assertThrows(CoterieException.class, () -> store("a").put(key, "changed"), key);
        }
        cluster.close("a", "b", "c");
        Map<String, byte[]> before = files();

        assertEquals(OUT_OF_BOUNDS, repair("a", "b", "c"), () -> output);

        assertTrue(output.contains("Out of bounds: 8 keys and 2 floors, of which 6 are stuck."), output);
        assertTrue(output.contains("store \"s\", key \"promised\": stuck"), output);
        assertTrue(output.contains("store \"s\", key \"ahead\": usable"), output);
        assertTrue(output.contains("store \"s\", all absent keys: stuck"), output);
        assertTrue(output.contains("store \"floored\", all absent keys: usable"), output);
        assertSame(before, files());

        assertEquals(FINE, repair("--repair", "a", "b", "c"), () -> output);
        assertEquals(FINE, repair("a", "b", "c"), () -> output);

        cluster.instead(builder -> builder.operationTimeout(Duration.ofSeconds(60)))
                .startAll();
        assertEquals("changed", floored("c").get("absent"));
        assertEquals("before", floored("c").get("first"));
        assertAllIsWell();
        cluster.close("a", "b", "c");
        cluster.startAll();
        assertAllIsWell();
    }

    @Test
    void aDirectoryInUseIsRefusedAndASecondRunIsNoHarm() throws Exception {
        cluster.start("b");
        assertEquals(REFUSED, repair("--repair", "a", "b", "c"), () -> output);
        assertTrue(output.contains("is in use"), output);
        cluster.close("b");
        assertEquals(REFUSED, repair("--repair", "a", "b"), () -> output);
        assertTrue(output.contains("the directory of c is missing"), output);
        assertEquals(REFUSED, repair("--repair", "a", "b", "d"), () -> output);
        assertTrue(output.contains("is not a directory"), output);
        assertTrue(Files.notExists(directory.resolve("d")));
        assertEquals(REFUSED, repair("--mend", "a"), () -> output);
        assertTrue(output.contains("usage:"), output);
        assertEquals(FINE, repair("--repair", "a", "b", "c"), () -> output);
        assertEquals(FINE, repair("--repair", "a", "b", "c"), () -> output);
    }

    @Test
    void aDirectoryFromBeforeTheRepairIsNotTrusted() throws Exception {
        copy(directory.resolve("c"), directory.resolve("old"));
        assertEquals(FINE, repair("--repair", "a", "b", "c"), () -> output);
        delete(directory.resolve("c"));
        copy(directory.resolve("old"), directory.resolve("c"));
        cluster.start("a", "b", "c");
        Await.until(
                "c has new records", () -> cluster.node("a").members().view().epoch() == 3);
        for (String key :
                List.of("promised", "accepted", "apart", "above its ballot", "never written", "absent", "k0")) {
            put(key, "changed");
            assertEquals("changed", store("b").get(key));
        }
    }

    @Test
    void withoutALostReplicaTheOthersContinue() throws Exception {
        delete(directory.resolve("c"));
        assertEquals(FINE, repair("--repair", "--without", "c", "a", "b"), () -> output);
        assertTrue(output.contains("Do not start c with its old directory"), output);
        cluster.start("a", "b");
        for (String key :
                List.of("promised", "accepted", "apart", "above its ballot", "never written", "absent", "k0")) {
            put(key, "changed");
            assertEquals("changed", store("b").get(key));
        }
    }

    /**
     * Every key is there, at any two replicas; and each node changes each, and makes and deletes
     * others.
     */
    private void assertAllIsWell() {
        for (String away : NAMES) {
            cluster.close(away);
            String other = NAMES.get((NAMES.indexOf(away) + 1) % NAMES.size());
            values.forEach((key, value) -> assertEquals(value, store(other).get(key), key));
            assertNull(store(other).get("deleted"));
            cluster.start(away);
            Await.until(away + " votes again", () -> cluster.voting() == NAMES.size());
        }
        for (String key : new ArrayList<>(values.keySet())) {
            for (String name : NAMES) {
                put(name, key, "by " + name);
            }
        }
        for (String key : List.of("absent", "first", "new")) {
            floored("b").put(key, "new");
            assertTrue(floored("c").compareAndSet(key, "new", "changed"));
            floored("a").delete(key);
            assertNull(floored("b").get(key));
            floored("b").put(key, key.equals("first") ? "before" : "changed");
        }
        for (String key : List.of("absent", "never written", "deleted")) {
            put(key, "new");
            assertTrue(store("b").compareAndSet(key, "new", "newer"));
            store("c").delete(key);
            values.remove(key);
            assertNull(store("a").get(key));
        }
    }

    private Store<String, String> floored(String node) {
        return cluster.node(node).store(FLOORED.name(), Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private Store<String, String> store(String node) {
        return cluster.node(node).store(STORE.name(), Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private void put(String key, String value) {
        put("a", key, value);
    }

    private void put(String node, String key, String value) {
        store(node).put(key, value);
        values.put(key, value);
    }

    /** Runs the program; arguments that are names of replicas are their directories. */
    private int repair(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                String.join(
                        File.pathSeparator,
                        place(RepairBallots.class),
                        place(Ballot.class),
                        place(NodeId.class),
                        place(Logger.class)),
                RepairBallots.class.getName()));
        for (int i = 0; i < arguments.length; i++) {
            boolean isName = arguments[i].startsWith("-") || (i > 0 && arguments[i - 1].equals("--without"));
            command.add(isName ? arguments[i] : directory.resolve(arguments[i]).toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor();
    }

    /**
     * The folder or archive that a class comes from; asked of its resource, as a patched module
     * hides it elsewhere.
     */
    private static String place(Class<?> type) throws Exception {
        String name = type.getName().replace('.', '/') + ".class";
        URL url = type.getResource("/" + name);
        URI archive = url.openConnection() instanceof JarURLConnection jar
                ? jar.getJarFileURL().toURI()
                : URI.create(url.toString().substring(0, url.toString().length() - name.length()));
        return Path.of(archive).toString();
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void assertSame(Map<String, byte[]> before, Map<String, byte[]> after) {
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertArrayEquals(bytes, after.get(file), file));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
