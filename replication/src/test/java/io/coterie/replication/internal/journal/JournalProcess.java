package io.coterie.replication.internal.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.TestLoop;
import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.io.File;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.opentest4j.AssertionFailedError;
import org.slf4j.Logger;

/**
 * A process of its own that writes numbers to a journal, and prints each on its standard output
 * once it is durable.
 */
final class JournalProcess {
    private static final int MAX_IN_FLIGHT = 40;

    private JournalProcess() {}

    public static void main(String[] args) throws InterruptedException {
        TestLoop loop = new TestLoop();
        List<Long> recovered = new ArrayList<>();
        Journal journal;
        try {
            journal = storage(Path.of(args[0]), Integer.parseInt(args[1]))
                    .open(NodeId.of("a"), loop.world(), record -> recovered.add(numberIn(record)), failure -> {
                        throw failure;
                    });
        } catch (StorageException e) {
            System.out.println("refused " + e.getMessage());
            return;
        }
        long[] numbers = {recovered.size(), recovered.size()};
        while (true) {
            while (numbers[0] - numbers[1] < MAX_IN_FLIGHT) {
                long number = ++numbers[0];
                journal.whenDurable(journal.append(record(number)), () -> {
                    numbers[1] = number;
                    System.out.println(number);
                });
            }
            long before = numbers[1];
            loop.runUntil(() -> numbers[1] > before);
        }
    }

    private static Storage storage(Path directory, int segmentBytes) {
        return segmentBytes == 0
                ? Storage.directory(directory)
                : Storage.on(self -> NioDisk.open(directory, self.name()), segmentBytes);
    }

    /** A number, with as many bytes behind it as its last digits give. */
    static ByteBuffer record(long number) {
        String text = number + ":";
        return ByteBuffer.wrap((text + "x".repeat((int) (number * 37 % 1500))).getBytes(UTF_8));
    }

    static long numberIn(ByteBuffer record) {
        String text = UTF_8.decode(record).toString();
        return Long.parseLong(text.substring(0, text.indexOf(':')));
    }

    static Process start(Path directory) throws Exception {
        return start(directory, 0);
    }

    /** With files of a size, 0 for that of production. */
    static Process start(Path directory, int segmentBytes) throws Exception {
        String classPath = String.join(
                File.pathSeparator,
                place(JournalProcess.class),
                place(Storage.class),
                place(NodeId.class),
                place(Logger.class),
                place(Assertions.class),
                place(AssertionFailedError.class));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        JournalProcess.class.getName(),
                        directory.toString(),
                        String.valueOf(segmentBytes))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
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
}
