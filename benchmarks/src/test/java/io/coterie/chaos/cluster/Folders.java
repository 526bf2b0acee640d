package io.coterie.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of a run. They are kept if it failed. */
public final class Folders {
    private Folders() {}

    /** An empty folder below the build's. The remains of an earlier run are deleted. */
    public static Path empty(String name) throws IOException {
        Path folder = Path.of("target", name);
        if (Files.exists(folder)) {
            delete(folder);
        }
        return Files.createDirectories(folder);
    }

    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
