package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Directories of a cluster from before there were configurations open, and what they have becomes
 * the first one. Three replicas wrote them with 20 keys, of which one is deleted.
 */
class EarlierDirectoryTest {
    @TempDir
    Path directory;

    @BeforeEach
    void unpack() throws IOException {
        try (InputStream packed = Objects.requireNonNull(
                        getClass().getResourceAsStream("directories-before-configurations.zip"));
                ZipInputStream zip = new ZipInputStream(packed)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    Files.copy(zip, file);
                }
            }
        }
    }

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static void hasAll(Coterie node) {
        for (int i = 0; i < 20; i++) {
            String key = "k" + i;
            if (i == 7) {
                assertNull(strong(node).get(key));
            } else {
                assertEquals("v" + i, strong(node).get(key));
            }
        }
        assertEquals(
                "e",
                node.store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual())
                        .get("k"));
        assertEquals(42, node.counters("counters", Codec.utf8()).get("n"));
    }

    @Test
    void theyOpenWithAllThatTheyHad() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            hasAll(cluster.node("a"));
            strong(cluster.node("b")).put("k1", "new");
            cluster.close("a", "b", "c");
            cluster.startAll();
            assertEquals("new", strong(cluster.node("c")).get("k1"));
        }
    }

    @Test
    void twoOfThreeAreEnough() {
        try (LocalCluster cluster = LocalCluster.in(directory)) {
            cluster.start("a");
            cluster.start("c");
            hasAll(cluster.node("c"));
        }
    }

    @Test
    void theOthersKnowOneThatWasLost() throws IOException {
        try (var files = Files.list(directory.resolve("b"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        try (LocalCluster cluster = LocalCluster.in(directory)) {
            cluster.start("a");
            cluster.start("c");
            hasAll(cluster.node("a"));
            cluster.start("b");
            Await.until(
                    "b takes the place of the records that it has lost",
                    () -> cluster.node("a").status().epoch() == 3);
        }
    }
}
