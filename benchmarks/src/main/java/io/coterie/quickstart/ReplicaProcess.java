package io.coterie.quickstart;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The JVM in which a replica runs, as its parent sees it. */
final class ReplicaProcess {
    private static final long STOP_SECONDS = 5;

    private final String name;
    private final Process process;
    private final PrintStream orders;

    private ReplicaProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static ReplicaProcess start(String name, Path directory, Map<String, String> addresses) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ReplicaMain.class.getName(),
                name,
                directory.toString()));
        addresses.forEach((replica, address) -> command.addAll(List.of(replica, address)));
        return new ReplicaProcess(
                name,
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the replica listens. */
    void awaitReady() throws IOException {
        String line = process.inputReader().readLine();
        if (!name.equals(line)) {
            throw new IOException("replica " + name + " did not start: " + (line == null ? "it ended" : line));
        }
    }

    /** Sends an order, and waits for its answer. One thread at a time. */
    String ask(String order) throws IOException {
        orders.println(order);
        String answer = process.inputReader().readLine();
        if (answer == null) {
            throw new IOException("replica " + name + " ended before it answered: " + order);
        }
        return answer;
    }

    /** As {@code kill -9}: the process can do nothing more. */
    void kill() {
        process.destroyForcibly();
    }

    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** Asks the replica to end. It also ends by itself when this process dies. */
    void askToEnd() {
        orders.close();
    }

    /** Waits for the end that was asked for, and kills the process if it does not come. */
    void end() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
            awaitEnd();
        }
    }
}
