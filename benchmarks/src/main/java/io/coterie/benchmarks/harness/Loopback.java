package io.coterie.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The loopback interface of this machine. */
public final class Loopback {
    private static final Path INTERFACES = Path.of("/proc/net/dev");

    private Loopback() {}

    /**
     * How many bytes have passed since the machine started, with the headers and acknowledgements of
     * TCP, and of all processes; empty where the system does not say. Linux does.
     */
    public static OptionalLong bytes() {
        if (!Files.exists(INTERFACES)) {
            return OptionalLong.empty();
        }
        try (var lines = Files.lines(INTERFACES)) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith("lo:"))
                    .map(line -> line.substring("lo:".length()).strip())
                    .mapToLong(counters -> Long.parseLong(counters.substring(0, counters.indexOf(' '))))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
