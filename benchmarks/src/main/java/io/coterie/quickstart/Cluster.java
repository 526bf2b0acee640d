package io.coterie.quickstart;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Replicas, each a process with a directory of its own. When this process ends, the replicas
 * end, too. Their directories are deleted then, unless this process was killed.
 */
final class Cluster implements AutoCloseable {
    static final String NAME = "quickstart";

    /** Longer than all replicas are down for: operations wait for them, and none fails. */
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(60);

    private static final int STARTS = 3;

    private final Path directory;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, ReplicaProcess> processes = new LinkedHashMap<>();
    private boolean closed;

    private Cluster(List<String> names) throws IOException {
        directory = Files.createTempDirectory("coterie-quickstart-");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "clean-up"));
        List<Integer> ports = List.copyOf(FreePorts.find(names.size()));
        for (int i = 0; i < names.size(); i++) {
            addresses.put(names.get(i), address(ports.get(i)));
        }
    }

    /** Starts replicas of these names. */
    static Cluster start(List<String> names) throws IOException {
        for (int i = 1; ; i++) {
            Cluster cluster = new Cluster(names);
            try {
                cluster.startReplicas(names);
                return cluster;
            } catch (IOException e) {
                cluster.close();
                if (i == STARTS) {
                    throw e;
                }
            }
        }
    }

    Path directory() {
        return directory;
    }

    Coterie startClient() {
        // Its callers wait while all replicas are gone.
        CoterieBuilder builder = Coterie.builder()
                .cluster(NAME)
                .client("client")
                .operationTimeout(OPERATION_TIMEOUT)
                .majorityGrace(OPERATION_TIMEOUT);
        addresses.forEach(builder::replica);
        return builder.start();
    }

    /** Starts replicas in their directories, all at once, and waits until they listen. */
    void startReplicas(List<String> names) throws IOException {
        List<ReplicaProcess> started = new ArrayList<>();
        for (String name : names) {
            started.add(startProcess(name));
        }
        for (ReplicaProcess process : started) {
            process.awaitReady();
        }
    }

    /**
     * Starts a replica that is no member, with an empty directory. It is on the list of all that are
     * started from now on, in place of another.
     */
    void startInPlaceOf(String old, String name) throws IOException {
        addresses.remove(old);
        addresses.put(name, address(FreePorts.find(1).iterator().next()));
        startReplicas(List.of(name));
    }

    String address(String name) {
        String address = addresses.get(name);
        if (address == null) {
            throw new IllegalArgumentException("replica " + name + " is on no list");
        }
        return address;
    }

    /** Deletes the records of a replica that does not run. */
    void deleteDirectory(String name) throws IOException {
        delete(directory.resolve(name));
    }

    /** Kills replicas, all at once. */
    void kill(List<String> names) throws InterruptedException {
        for (String name : names) {
            process(name).kill();
        }
        for (String name : names) {
            process(name).awaitEnd();
        }
    }

    synchronized ReplicaProcess process(String name) {
        ReplicaProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalStateException("replica " + name + " was never started");
        }
        return process;
    }

    /** Ends all processes and deletes their directories. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            for (ReplicaProcess process : processes.values()) {
                process.askToEnd();
            }
            for (ReplicaProcess process : processes.values()) {
                process.end();
            }
            delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while replicas end", e);
        }
    }

    private synchronized ReplicaProcess startProcess(String name) throws IOException {
        if (closed) {
            throw new IllegalStateException("the cluster was closed");
        }
        ReplicaProcess process = ReplicaProcess.start(name, directory.resolve(name), addresses);
        processes.put(name, process);
        return process;
    }

    private static String address(int port) {
        return "127.0.0.1:" + port;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
