package io.coterie.internal.typed;

import io.coterie.AsyncCounters;
import io.coterie.Scan;
import io.coterie.Version;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.internal.replica.TombstoneCollector;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.operations.OperationLimit;
import io.coterie.internal.operations.OperationRunner;
import io.coterie.internal.readiness.OpenStores;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.budget.StoreAdmission;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.Op;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One simulated run of counters as users get them, under faults of the network, of clocks and of
 * the scheduler, all of it drawn from one seed. Every node changes the same counters, by adding and
 * by comparing, and deletes them.
 */
final class CounterRun {
    private static final Duration CALM = Duration.ofSeconds(2);
    private static final Duration SETTLED = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_IN_FLIGHT = 100;

    /** So large that two additions hardly ever lead to the same number. */
    private static final long MAX_DELTA = 1_000_000_000;

    private static final List<NodeId> REPLICAS = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"));

    /** Replicas keep their records in memory here, and are never killed. */
    private static final FaultPlan PLAN = FaultPlan.of(
            0,
            Fault.PAUSE,
            Fault.PARTITION,
            Fault.ISOLATION,
            Fault.ONE_WAY,
            Fault.LOSS,
            Fault.DUPLICATION,
            Fault.DELAY,
            Fault.CLOCK_JUMP);

    private final Simulation simulation;
    private final Shape shape;
    private final Function<TypedStore<String, Long>, AsyncCounters<String>> counters;
    private final HistoryRecorder recorder;
    private boolean stopped;

    /**
     * How many counters there are, how long a node pauses between two operations, and for how long.
     */
    private enum Shape {
        /** Many counters, which live through many faults. */
        MANY(8, Duration.ofMillis(300), Duration.ofSeconds(20)),
        /** One counter, which nodes delete between two operations of one comparison. */
        CONTENDED(1, Duration.ofMillis(10), Duration.ofSeconds(4));

        private final int keys;
        private final Duration maxPause;
        private final Duration faulty;

        Shape(int keys, Duration maxPause, Duration faulty) {
            this.keys = keys;
            this.maxPause = maxPause;
            this.faulty = faulty;
        }
    }

    /** @param counters makes the counters that are tested */
    CounterRun(long seed, Function<TypedStore<String, Long>, AsyncCounters<String>> counters) {
        this.simulation = Simulation.create(seed);
        this.shape = simulation.random("shape").pick(List.of(Shape.values()));
        this.counters = counters;
        this.recorder = new HistoryRecorder(simulation::nanos);
        REPLICAS.forEach(id -> simulation.node(id.name(), this::boot));
        List.of("x", "y").forEach(name -> simulation.node(name, this::boot));
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofNanos(100_000), Duration.ofMillis(5)));
        simulation.nodes().forEach(SimNode::start);
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), PLAN, shape.faulty);
        simulation.runFor(shape.faulty.plus(CALM));
        stopped = true;
        simulation.runFor(SETTLED);
    }

    History history() {
        return recorder.history();
    }

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("counted")
                .self(start.node().id())
                .world(start.world())
                .executor(start.executor())
                .transport(start.transport())
                .start();
        ReplicationOptions options = ReplicationOptions.defaults().withRules(Consistency.rules());
        Replication replication = Replication.start(node, REPLICAS, Storage.memory(), options);
        TombstoneCollector.start(replication);
        OpenStores stores = new OpenStores(replication, start.executor(), start.executor());
        start.onStop(() -> {
            stores.close();
            replication.close();
            node.close();
        });
        start.world()
                .scheduler()
                .execute(() -> new Worker(start, counters.apply(open(start, replication, stores))).think());
    }

    private static TypedStore<String, Long> open(SimStart start, Replication replication, OpenStores stores) {
        CallerLoop loop = new CallerLoop(start.world(), TIMEOUT);
        OperationLimit limit = new OperationLimit(
                start.world(), StoreAdmission.of(replication.loop()).load(), MAX_IN_FLIGHT);
        return new TypedStore<>(
                new OperationRunner(loop, limit),
                new NoApi(),
                "counters",
                new ValueCodec<>("key", Codec.utf8(), 100, "the limit of this test"),
                new ValueCodec<>("value", Codec.int64(), 100, "the limit of this test"),
                stores.open("counters", Consistency.strong()),
                TIMEOUT.toNanos());
    }

    /** Uses all counters, one operation at a time. */
    private final class Worker {
        private final SimStart start;
        private final AsyncCounters<String> counters;
        private final SimRandom random;
        private final List<String> keys =
                IntStream.range(0, shape.keys).mapToObj(i -> "n" + i).toList();
        private final Map<String, Long> seen = new HashMap<>();

        Worker(SimStart start, AsyncCounters<String> counters) {
            this.start = start;
            this.counters = counters;
            this.random = simulation.random("worker " + start.node().id() + start.number());
        }

        void think() {
            long pause = random.between(Duration.ZERO, shape.maxPause).toNanos();
            start.world().scheduler().schedule(pause, this::work);
        }

        private void work() {
            if (stopped) {
                return;
            }
            String key = random.pick(keys);
            // A zero that was written is a value of the store, and one that was not is none.
            long next = random.chance(0.3) ? 0 : random.between(1, MAX_DELTA);
            if (random.chance(0.2)) {
                ask(key, new Op.Read(), () -> counters.get(key), (call, value) -> answered(call, key, value));
            } else if (random.chance(0.3)) {
                ask(
                        key,
                        new Op.AddAndGet(next),
                        () -> counters.addAndGet(key, next),
                        (call, sum) -> answered(call, key, sum));
            } else if (random.chance(0.3)) {
                // Absent and zero are one state to users.
                ask(key, new Op.Write("0"), () -> counters.delete(key), (call, nothing) -> call.ok());
            } else {
                long expected = random.chance(0.6) ? 0 : seen.getOrDefault(key, 0L);
                ask(
                        key,
                        new Op.CompareAndSet(Long.toString(expected), Long.toString(next)),
                        () -> counters.compareAndSet(key, expected, next),
                        (call, set) -> call.ok(set));
            }
        }

        private void answered(HistoryRecorder.Call call, String key, long value) {
            seen.put(key, value);
            call.ok(value);
        }

        private <T extends @Nullable Object> void ask(
                String key,
                Op op,
                Supplier<CompletableFuture<T>> operation,
                BiConsumer<HistoryRecorder.Call, T> answered) {
            HistoryRecorder.Call call = recorder.invoke(start.node().id() + "." + start.number(), key, op);
            var unused = operation.get().whenComplete((value, error) -> {
                if (error == null) {
                    answered.accept(call, value);
                } else if (mayBeExecuted(error)) {
                    call.unknown();
                } else {
                    call.failed();
                }
                think();
            });
        }
    }

    private static boolean mayBeExecuted(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof CoterieException failure) {
            return failure.maybeExecuted();
        }
        throw new AssertionError(cause);
    }

    /** Counters are neither scanned nor watched. */
    private static final class NoApi implements ApiValues {
        @Override
        public <K> ScanBounds<K> boundsOf(Scan<K> scan) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <K> Scan<K> restOf(Scan<K> scan, byte[] from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Version version(Ballot ballot) {
            throw new UnsupportedOperationException();
        }
    }
}
