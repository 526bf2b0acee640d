package io.coterie.chaos.cluster;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The JVM in which a {@link ReplicaMain} runs, as seen from its parent. */
public final class ReplicaProcess {
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 20;
    private static final String ENDED = "";

    private final String name;
    private final Process process;
    private final PrintStream orders;
    private final Predicate<String> log;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread reader;

    /**
     * How a replica is started.
     *
     * @param heapMegabytes the largest heap
     * @param operationTimeout of the callers in it
     */
    public record Settings(int heapMegabytes, Duration operationTimeout) {}

    /**
     * Starts a replica.
     *
     * @param number of its start; no two processes of a name have the same
     * @param directory for its records; its log goes to a file beside it
     * @param list the names of the replicas that it is given as the cluster's
     * @param addresses of all that may ever be replicas, itself included
     * @param log takes a line of its output, or returns false
     */
    ReplicaProcess(
            String name,
            int number,
            Path directory,
            Collection<String> list,
            Map<String, String> addresses,
            Settings settings,
            Predicate<String> log)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + settings.heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                ReplicaMain.class.getName(),
                name,
                Integer.toString(number),
                directory.toString(),
                settings.operationTimeout.toString(),
                String.join(",", list)));
        addresses.forEach((replica, address) -> command.add(replica + "=" + address));
        File errors = directory.resolveSibling(name + ".log").toFile();
        this.name = name + " (start " + number + ")";
        this.process = new ProcessBuilder(command)
                .redirectError(Redirect.appendTo(errors))
                .start();
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.log = log;
        this.reader = new Thread(this::readAll, "from " + name);
        reader.setDaemon(true);
        reader.start();
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the replica listens, and returns its port. */
    int awaitReady() {
        int port = Integer.parseInt(await("ready ", START_SECONDS));
        requireSharedClock();
        return port;
    }

    /** Whether it runs, or is paused. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends an order that has no answer. */
    public void order(String order) {
        orders.println(order);
    }

    /** Waits for the next answer, which must begin so, and returns the rest of it. */
    public String await(String beginning, long seconds) {
        String answer;
        try {
            answer = answers.poll(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        if (answer == null || !answer.startsWith(beginning)) {
            String found =
                    answer == null ? "nothing in " + seconds + " s" : answer.equals(ENDED) ? "that it ended" : answer;
            throw new IllegalStateException(
                    "replica " + name + " was to answer \"" + beginning + "\" and answered " + found + "; see its log");
        }
        return answer.substring(beginning.length());
    }

    /**
     * As {@code kill -9}: the process can do nothing more. Its output can still be read, which
     * {@link Process#destroyForcibly} would prevent.
     */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    /**
     * As {@code kill -STOP}, and {@code kill -CONT} after a while. The caller must wait for the end
     * of that. The replica continues even if this process dies: while stopped, it would not notice
     * that.
     */
    public Process pause(Duration duration) throws IOException {
        String script = "kill -STOP $0 && sleep $1; kill -CONT $0";
        String seconds = String.valueOf(duration.toMillis() / 1000.0);
        return new ProcessBuilder("sh", "-c", script, Long.toString(process.pid()), seconds)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /**
     * Stops it for 20 ms and lets it run for 5 ms, in turn, for about so long, as if others used up
     * its processors. The caller must wait for the end of that. As with {@link #pause}, the replica
     * continues in the end even if this process dies.
     */
    public Process slow(Duration duration) throws IOException {
        String script = "i=0; while [ $i -lt $1 ] && kill -STOP $0; do"
                + " sleep 0.02; kill -CONT $0; sleep 0.005; i=$((i + 1)); done; kill -CONT $0";
        String turns = Long.toString(duration.toMillis() / 25);
        return new ProcessBuilder("sh", "-c", script, Long.toString(process.pid()), turns)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /**
     * Lets none of its files be written beyond so many bytes from now on: as on a full disk, in the
     * middle of a record too. Returns whether this system has the means for that.
     */
    public boolean fillDisk(long bytes) throws InterruptedException {
        try {
            return new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":")
                            .redirectError(Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    /**
     * Waits for the end of the process and of its output. A process that does not end is killed,
     * which is an error.
     */
    public void awaitEnd() throws InterruptedException {
        boolean ended = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            kill();
            process.waitFor();
        }
        reader.join();
        if (!ended) {
            throw new IllegalStateException("replica " + name + " did not end in " + STOP_SECONDS + " s");
        }
    }

    /** Histories are ordered by the steady clock, which must be the same in both processes. */
    private void requireSharedClock() {
        long before = System.nanoTime();
        order("time");
        long there = Long.parseLong(await("time ", START_SECONDS));
        long after = System.nanoTime();
        if (there < before || there > after) {
            throw new IllegalStateException("System.nanoTime() of two processes differs: " + there + " is not within "
                    + before + " to " + after + "; this test needs a system on which it does not");
        }
    }

    private void readAll() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!log.test(line)) {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            answers.add(ENDED);
        }
    }
}
