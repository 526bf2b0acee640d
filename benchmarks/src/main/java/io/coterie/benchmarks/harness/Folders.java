package io.coterie.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that last as long as a run. */
public final class Folders {
    private Folders() {}

    /**
     * Makes a folder. The JVM deletes it at its end, because a trial that fails does not.
     */
    public static Path create() throws IOException {
        Path folder = Files.createTempDirectory("coterie-benchmark");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAtEnd(folder), "folder-deleter"));
        return folder;
    }

    /** Deletes a folder with all in it, if it is there. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void deleteAtEnd(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
