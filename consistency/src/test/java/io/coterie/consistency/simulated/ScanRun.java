package io.coterie.consistency.simulated;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.FailedCalls;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One simulated run in which every node puts and deletes the same keys, scans all of them, and
 * reads several at once, under faults drawn from one seed. A page counts as a read of each key that
 * it reaches, from its call to its end, which found the key absent if the page does not have it.
 */
public final class ScanRun {
    private static final Duration FAULTY = Duration.ofSeconds(8);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int LIMIT = 20;
    private static final int MAX_KEYS = 80;
    private static final int MAX_AT_ONCE = 10;
    private static final KeyRange ALL = new KeyRange(bytes("k"), bytes(""));

    private final Simulation simulation;
    private final SimRandom random;
    private final TreeSet<String> keys = new TreeSet<>();
    private final HistoryRecorder recorder;
    private final Nemesis nemesis;
    private final Verdict verdict;
    private @Nullable String problem;
    private int pages;
    private int readsAtOnce;
    private boolean stopped;

    public ScanRun(long seed, SimulatedCluster.Variant variant) {
        simulation = Simulation.create(seed);
        random = simulation.random("scan");
        recorder = new HistoryRecorder(simulation::nanos);
        int replicas = random.chance(0.6) ? 3 : 5;
        for (int i = random.nextInt(MAX_KEYS - MAX_AT_ONCE + 1) + MAX_AT_ONCE; i > 0; i--) {
            keys.add("k" + i);
        }
        SimulatedCluster cluster = new SimulatedCluster(simulation, replicas, 2, variant, this::startNode);
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(RunShape.MIN_DELAY, random.between(RunShape.MIN_DELAY, Duration.ofMillis(20))));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(replicas));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(3)),
                drawn.strength());
        nemesis = Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
        simulation.runFor(FAULTY);
        simulation.runFor(TIMEOUT.multipliedBy(2));
        stopped = true;
        simulation.runFor(TIMEOUT.multipliedBy(2));
        verdict = LinearizabilityChecker.of(new RegisterModel()).check(recorder.history());
    }

    /** What is wrong with a page whatever its values are, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The faults of the run, as bands of a chart. */
    public List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    /** Whether each key was linearizable, pages and reads of many keys included. */
    public Verdict verdict() {
        return verdict;
    }

    int pages() {
        return pages;
    }

    /** How often several keys were read at once, and all of them answered. */
    int readsAtOnce() {
        return readsAtOnce;
    }

    private void startNode(SimStart start, PolicyStore store) {
        Node node = new Node(start, store);
        node.later(node::write);
        node.later(node::readMany);
        node.scan(ALL);
    }

    private final class Node {
        private final SimStart start;
        private final PolicyStore store;
        private final String name;
        private int written;

        Node(SimStart start, PolicyStore store) {
            this.start = start;
            this.store = store;
            this.name = start.node().id() + "." + start.number();
        }

        void later(Runnable task) {
            long pause =
                    random.between(Duration.ofMillis(1), Duration.ofMillis(100)).toNanos();
            start.world().scheduler().schedule(pause, () -> {
                if (!stopped) {
                    task.run();
                }
            });
        }

        private long deadline() {
            return start.world().clock().nanos() + TIMEOUT.toNanos();
        }

        void write() {
            Op op = random.chance(0.3) ? new Op.Delete() : new Op.Write(name + "-" + written++);
            execute("writer", random.pick(List.copyOf(keys)), op, answered -> later(this::write));
        }

        /** What the facade's {@code getAll} does. */
        void readMany() {
            List<String> some = new ArrayList<>(keys);
            random.shuffle(some);
            int[] left = {2 + random.nextInt(MAX_AT_ONCE - 1)};
            boolean[] all = {true};
            for (String key : List.copyOf(some.subList(0, left[0]))) {
                execute("reader", key, new Op.Read(), answered -> {
                    all[0] &= answered;
                    if (--left[0] == 0) {
                        readsAtOnce += all[0] ? 1 : 0;
                        later(this::readMany);
                    }
                });
            }
        }

        private void execute(String who, String key, Op op, Ended then) {
            HistoryRecorder.Call call = recorder.invoke(name + " " + who, key, op);
            store.execute(bytes(key), SimulatedClient.operation(op), deadline(), new Completion() {
                @Override
                public void complete(Result result) {
                    byte[] value = result.value();
                    call.ok(op instanceof Op.Read && value != null ? text(value) : null);
                    then.ended(true);
                }

                @Override
                public void fail(Throwable error) {
                    FailedCalls.record(call, error);
                    then.ended(false);
                }
            });
        }

        void scan(KeyRange range) {
            NavigableMap<String, HistoryRecorder.Call> reads = new TreeMap<>();
            for (String key : keys.tailSet(text(range.from()))) {
                reads.put(key, recorder.invoke(name + " scanner", key, new Op.Read()));
            }
            int limit = 1 + random.nextInt(LIMIT);
            store.scan(range, limit, deadline(), new ScanCompletion() {
                @Override
                public void complete(ScannedPage page) {
                    pages++;
                    record(page, limit, reads);
                    KeyRange next = page.next();
                    later(() -> scan(next == null ? ALL : next));
                }

                @Override
                public void fail(Throwable error) {
                    FailureTexts.note(error);
                    reads.values().forEach(HistoryRecorder.Call::failed);
                    later(() -> scan(range));
                }
            });
        }
    }

    /** Gets whether an operation was answered. */
    private interface Ended {
        void ended(boolean answered);
    }

    /** Ends the reads that a page stands for. Those of keys behind its end were none. */
    private void record(ScannedPage page, int limit, NavigableMap<String, HistoryRecorder.Call> reads) {
        List<String> found = new ArrayList<>();
        KeyRange next = page.next();
        for (ScannedPage.Entry entry : page.entries()) {
            String key = text(entry.key());
            found.add(key);
            HistoryRecorder.Call read = reads.remove(key);
            if (read == null || isBehind(key, next)) {
                fail(key + " is not in the range of its page, or was there twice");
            } else {
                read.ok(text(entry.value()));
            }
        }
        if (!found.equals(List.copyOf(new TreeSet<>(found))) || found.size() > limit) {
            fail("not in order, or more than " + limit + ": " + found);
        }
        reads.forEach((key, read) -> {
            if (isBehind(key, next)) {
                read.failed();
            } else {
                read.ok(null);
            }
        });
    }

    private static boolean isBehind(String key, @Nullable KeyRange next) {
        return next != null && Arrays.compareUnsigned(bytes(key), next.from()) >= 0;
    }

    private void fail(String what) {
        problem = problem == null ? what : problem;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
