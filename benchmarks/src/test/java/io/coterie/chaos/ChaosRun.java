package io.coterie.chaos;

import io.coterie.chaos.callers.Callers;
import io.coterie.chaos.cluster.ChaosCluster;
import io.coterie.chaos.cluster.ReplicaProcess;
import io.coterie.chaos.faults.Faults;
import io.coterie.chaos.faults.Held;
import io.coterie.chaos.faults.MemberFaults;
import io.coterie.chaos.faults.NetworkFaults;
import io.coterie.chaos.faults.ProcessFaults;
import io.coterie.chaos.faults.Replicas;
import io.coterie.chaos.faults.Story;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One cluster's life: callers in the replicas and at clients, with faults of processes and of the
 * network and changes of the members at the same time. All replicas are then killed at once, and in
 * the end every key is read at every node without a fault.
 */
final class ChaosRun implements AutoCloseable {
    /**
     * How soon every node must answer for every key, once all replicas are back and no fault is
     * left.
     */
    static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);

    /** How long a node has to report what it read back. */
    private static final Duration READ_BACK_LIMIT = ANSWERS_WITHIN.multipliedBy(2);

    private static final Duration VOTES_WITHIN = Duration.ofSeconds(60);

    /** Shorter than most faults, so that many outcomes are unknown. */
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(1);

    /** A busy machine may come to no change while there are faults. Some are made afterwards. */
    static final int MIN_CHANGES = 3;

    /** Names for newcomers. With five members at most, two of all names are always free. */
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g");

    private static final int HEAP_MEGABYTES = 96;
    private static final int CALLERS = 2;
    private static final List<String> CLIENTS = List.of("x", "y");

    private final long seed;
    private final Story story = new Story();
    private final ChaosCluster cluster;
    private final List<Callers> atClients = new ArrayList<>();

    /** Starts clients and nothing else. */
    ChaosRun(List<String> replicas, long seed, Path directory) throws IOException {
        this.seed = seed;
        this.cluster = new ChaosCluster(
                replicas,
                NAMES.subList(replicas.size(), NAMES.size()),
                CLIENTS,
                directory,
                new ReplicaProcess.Settings(HEAP_MEGABYTES, OPERATION_TIMEOUT));
    }

    Story story() {
        return story;
    }

    ChaosCluster cluster() {
        return cluster;
    }

    History history() {
        return cluster.history().history();
    }

    /**
     * Lets the cluster live for so long. Returns how long the nodes took to answer for all keys at
     * the end, in nanoseconds.
     *
     * @throws AssertionError if a node did not within {@link #ANSWERS_WITHIN}
     */
    long live(Duration time) throws Exception {
        long epoch = story.begin();
        Replicas replicas = new Replicas(cluster, seed, epoch);
        Held held = new Held(cluster);
        MemberFaults memberFaults = new MemberFaults(cluster, story, replicas, held);
        // Replicas vote only after all have met. A replica that never came might have lost its
        // directory.
        cluster.start(cluster.replicas());
        cluster.awaitVotes(VOTES_WITHIN);
        cluster.clients().forEach((name, client) -> {
            Callers callers = new Callers(name, client, cluster.history());
            callers.start(epoch, seed, CALLERS);
            atClients.add(callers);
        });
        replicas.call(cluster.replicas());
        story.add(epoch, "start");
        endure(
                time,
                new ProcessFaults(cluster, story, replicas, held),
                new NetworkFaults(cluster, story, ~seed),
                memberFaults);
        memberFaults.loseAllRecords();
        loseAll();
        cluster.awaitVotes(VOTES_WITHIN);
        return readBack();
    }

    private void endure(Duration time, Faults... all) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Faults faults : all) {
            Thread thread = new Thread(faults, faults.getClass().getSimpleName());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        for (Faults faults : all) {
            faults.end();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Faults faults : all) {
            faults.requireFine();
        }
    }

    /** Kills all replicas at once while everybody calls, and starts them again without callers. */
    private void loseAll() throws IOException, InterruptedException {
        long begin = System.nanoTime();
        cluster.network().healAll();
        cluster.kill(cluster.replicas());
        for (Callers callers : atClients) {
            callers.stop();
        }
        cluster.start(cluster.replicas());
        story.add(begin, "kill all, and start them again");
    }

    private long readBack() {
        long begin = System.nanoTime();
        long deadline = begin + ANSWERS_WITHIN.toNanos();
        Set<String> keys = new TreeSet<>();
        history().operations().stream().map(Operation::key).forEach(keys::add);
        String order = "read " + deadline + " " + String.join(" ", keys);
        cluster.replicas().forEach(replica -> cluster.process(replica).order(order));
        Map<String, CompletableFuture<Set<String>>> clientsUnread = new LinkedHashMap<>();
        cluster.clients().forEach((name, client) -> {
            // A reader may wait for its stores for long, or fail: then no key was answered.
            CompletableFuture<Set<String>> unread = new CompletableFuture<Set<String>>()
                    .completeOnTimeout(keys, READ_BACK_LIMIT.toSeconds(), TimeUnit.SECONDS);
            clientsUnread.put(name, unread);
            new Callers(name, client, cluster.history()).readBack(keys, deadline, unread::complete);
        });
        List<String> silent = new ArrayList<>();
        for (String replica : cluster.replicas()) {
            String unread = cluster.process(replica).await("unread ", READ_BACK_LIMIT.toSeconds());
            if (!unread.isEmpty()) {
                silent.add(replica + " does not answer for " + unread);
            }
        }
        clientsUnread.forEach((client, unread) -> {
            if (!unread.join().isEmpty()) {
                silent.add(client + " is not answered for " + unread.join());
            }
        });
        story.add(begin, "read every key at every node");
        if (!silent.isEmpty()) {
            throw new AssertionError(ANSWERS_WITHIN + " after the last fault: " + String.join("; ", silent));
        }
        return System.nanoTime() - begin;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
