package io.coterie.consistency;

import io.coterie.replication.Quorums;
import io.coterie.simulation.FaultPlan;
import io.coterie.simulation.Nemesis;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One simulated run in which every node puts keys of its own, deletes some, and scans those of all, under faults drawn from
 * one seed. A key that was put, or that a page had, and that nobody began to delete must be in each later page; one whose
 * delete ended must not.
 */
final class ScanRun {
    private static final Duration FAULTY = Duration.ofSeconds(8);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int LIMIT = 20;

    private final Simulation simulation;
    private final SimRandom random;
    private final TreeSet<String> present = new TreeSet<>();
    private final Set<String> leaving = new TreeSet<>();
    private final Set<String> gone = new TreeSet<>();
    private @Nullable String problem;
    private int pages;
    private boolean stopped;

    ScanRun(long seed, SimulatedCluster.Variant variant) {
        simulation = Simulation.create(seed);
        random = simulation.random("scan");
        int replicas = random.chance(0.6) ? 3 : 5;
        new SimulatedCluster(simulation, replicas, 2, variant, this::startNode);
        simulation.nodes().forEach(SimNode::start);
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(
                                RunShape.SHORTEST_DELAY,
                                random.between(RunShape.SHORTEST_DELAY, Duration.ofMillis(20))));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(replicas));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(3)),
                drawn.strength());
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
        simulation.runFor(FAULTY);
        simulation.runFor(TIMEOUT.multipliedBy(2));
        stopped = true;
        simulation.runFor(TIMEOUT.multipliedBy(2));
    }

    /** What a page had, or lacked, against what it must, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    int pages() {
        return pages;
    }

    private void startNode(SimStart start, PolicyStore store) {
        Node node = new Node(start, store);
        node.thinkOfWriting();
        node.scan(new KeyRange(bytes("k"), bytes("")));
    }

    private final class Node {
        private final SimStart start;
        private final PolicyStore store;
        private int written;

        Node(SimStart start, PolicyStore store) {
            this.start = start;
            this.store = store;
        }

        private void later(Runnable task) {
            long pause =
                    random.between(Duration.ofMillis(1), Duration.ofMillis(100)).toNanos();
            start.world().scheduler().schedule(pause, task);
        }

        private long deadline() {
            return start.world().clock().nanos() + TIMEOUT.toNanos();
        }

        void thinkOfWriting() {
            later(this::write);
        }

        private void write() {
            if (stopped) {
                return;
            }
            if (!present.isEmpty() && random.chance(0.4)) {
                String key = List.copyOf(present).get(random.nextInt(present.size()));
                present.remove(key);
                leaving.add(key);
                execute(key, new Operation.Delete(), () -> gone.add(key));
            } else {
                String key = "k" + random.nextInt(10) + start.node().id() + "." + start.number() + "." + written++;
                execute(key, new Operation.Put(bytes("of " + key)), () -> appeared(key));
            }
            thinkOfWriting();
        }

        private void execute(String key, Operation operation, Runnable done) {
            store.execute(bytes(key), operation, deadline(), new Completion() {
                @Override
                public void complete(Result result) {
                    done.run();
                }

                @Override
                public void fail(Throwable error) {}
            });
        }

        void scan(KeyRange range) {
            Set<String> expected = new TreeSet<>(present.tailSet(new String(range.from(), StandardCharsets.UTF_8)));
            Set<String> unexpected = new TreeSet<>(gone);
            store.scan(range, LIMIT, deadline(), new ScanCompletion() {
                @Override
                public void complete(ScannedPage page) {
                    check(page, expected, unexpected);
                    KeyRange next = page.next();
                    scanLater(next == null ? new KeyRange(bytes("k"), bytes("")) : next);
                }

                @Override
                public void fail(Throwable error) {
                    scanLater(range);
                }
            });
        }

        private void scanLater(KeyRange range) {
            if (!stopped) {
                later(() -> scan(range));
            }
        }
    }

    private void appeared(String key) {
        if (!leaving.contains(key)) {
            present.add(key);
        }
    }

    private void check(ScannedPage page, Set<String> expected, Set<String> unexpected) {
        pages++;
        List<String> found = new ArrayList<>();
        for (ScannedPage.Entry entry : page.entries()) {
            String key = new String(entry.key(), StandardCharsets.UTF_8);
            found.add(key);
            if (!Arrays.equals(entry.value(), bytes("of " + key))) {
                fail(key + " has another key's value");
            }
            if (unexpected.contains(key)) {
                fail(key + " was deleted and came back");
            }
            appeared(key);
        }
        if (!found.equals(List.copyOf(new TreeSet<>(found))) || found.size() > LIMIT) {
            fail("not in order, or too many: " + found);
        }
        KeyRange next = page.next();
        for (String key : expected) {
            boolean covered = next == null || Arrays.compareUnsigned(bytes(key), next.from()) < 0;
            if (covered && !leaving.contains(key) && !found.contains(key)) {
                fail(key + " is missing");
            }
        }
    }

    private void fail(String what) {
        problem = problem == null ? what : problem;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
