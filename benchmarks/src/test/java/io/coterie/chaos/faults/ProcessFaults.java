package io.coterie.chaos.faults;

import io.coterie.chaos.cluster.ChaosCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Replicas are killed, stopped, paused and slowed, and started again from their directories with
 * callers of their own.
 */
public final class ProcessFaults extends Faults {
    private final Replicas replicas;
    private final Held held;

    public ProcessFaults(ChaosCluster cluster, Story story, Replicas replicas, Held held) {
        super(cluster, story, replicas.seed());
        this.replicas = replicas;
        this.held = held;
    }

    @Override
    String strike() throws IOException, InterruptedException {
        int kind = random.nextInt(100);
        boolean hitsOne = kind >= 80;
        boolean hitsAll = kind >= 35 && kind < 45;
        List<String> names = held.takeFree(hitsAll ? cluster.replicas() : hitsOne ? List.of(anyReplica()) : minority());
        try {
            return names.isEmpty() ? "nothing, as others have them in hand" : strike(kind, names);
        } finally {
            held.release(names);
        }
    }

    private String strike(int kind, List<String> names) throws IOException, InterruptedException {
        if (kind < 35) {
            return kill(names, millis(0, 3000));
        } else if (kind < 45) {
            return kill(names, millis(0, 500));
        } else if (kind < 62) {
            return pause(names, millis(200, 3000));
        } else if (kind < 70) {
            return slow(names, millis(1000, 2000));
        } else if (kind < 80) {
            return stop(names, millis(0, 2000));
        } else if (kind < 90) {
            return killUnseen(names.get(0), millis(500, 3000));
        }
        return fillDisk(names.get(0), millis(1000, 3000));
    }

    private String kill(List<String> names, Duration away) throws IOException, InterruptedException {
        cluster.kill(names);
        rest(away);
        replicas.start(names);
        return "kill " + names + ", away for " + seconds(away);
    }

    private String stop(List<String> names, Duration away) throws IOException, InterruptedException {
        cluster.stop(names);
        rest(away);
        replicas.start(names);
        return "stop " + names + " in order, away for " + seconds(away);
    }

    private String pause(List<String> names, Duration time) throws IOException, InterruptedException {
        List<Process> running = new ArrayList<>();
        for (String name : names) {
            running.add(cluster.process(name).pause(time));
        }
        for (Process pause : running) {
            pause.waitFor();
        }
        return "pause " + names;
    }

    private String slow(List<String> names, Duration time) throws IOException, InterruptedException {
        List<Process> running = new ArrayList<>();
        for (String name : names) {
            running.add(cluster.process(name).slow(time));
        }
        for (Process slow : running) {
            slow.waitFor();
        }
        return "slow " + names;
    }

    /**
     * Kills a replica that the others do not see end: it is cut off first, as if its machine had
     * lost power.
     */
    private String killUnseen(String name, Duration away) throws IOException, InterruptedException {
        cluster.network().isolate(name);
        cluster.kill(List.of(name));
        rest(away);
        replicas.start(List.of(name));
        cluster.network().reconnect(name);
        return "kill " + name + " without a FIN, away for " + seconds(away);
    }

    /**
     * Lets a replica write its journal up to some point only, which it meets in the middle of a
     * record. Then there is room again.
     */
    private String fillDisk(String name, Duration time) throws IOException, InterruptedException {
        long size = largestFile(cluster.directory(name));
        boolean full = cluster.process(name).fillDisk(random.nextLong(size / 2, size + 1));
        rest(time);
        cluster.kill(List.of(name));
        replicas.start(List.of(name));
        return (full ? "disk of " + name + " full for " : "no means to fill a disk; kill " + name + " after ")
                + seconds(time);
    }

    private static long largestFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
        }
    }
}
