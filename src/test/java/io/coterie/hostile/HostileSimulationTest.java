package io.coterie.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.replica.TombstoneCollector;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The hostile client of {@link HostilePeerTest} in a simulated world that loses, delays and doubles
 * messages, while honest nodes are at work: afterwards each key is read, changed, scanned and
 * watched by all.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds of {@value
 * #MESSAGES_OF_A_SEED} messages each. A replay: {@code -Dcoterie.seed=S} runs that seed alone.
 */
class HostileSimulationTest {
    private static final int MESSAGES_OF_A_SEED = 1_000;
    private static final int FIXED_SEEDS = 10;
    private static final int FRESH_SEEDS = 5;
    private static final int MAX_AGAIN = 5;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<NodeId> REPLICAS = NAMES.stream().map(NodeId::of).toList();

    @Test
    void afterChangedMessagesOfEveryMethodAllEndsWell() {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one != null
                ? LongStream.of(one)
                : LongStream.concat(
                        LongStream.rangeClosed(1, FIXED_SEEDS),
                        LongStream.generate(() -> ThreadLocalRandom.current().nextLong(1L << 40))
                                .limit(Integer.getInteger("coterie.seeds", FRESH_SEEDS)));
        seeds.forEach(seed -> {
            try {
                new Run(seed).check();
            } catch (Throwable e) {
                throw new AssertionError("again: -Dcoterie.seed=" + seed + ": " + e, e);
            }
        });
    }

    private static final class Run {
        private final Simulation simulation;
        private final Map<String, PolicyStore> strong = new HashMap<>();
        private final Map<String, PolicyStore> eventual = new HashMap<>();
        private final List<Replication> replicas = new ArrayList<>();
        private final Map<String, World> worlds = new HashMap<>();
        private @Nullable HostilePeer peer;
        private int values;

        Run(long seed) {
            simulation = Simulation.create(seed);
            for (String name : List.of("a", "b", "c", "honest")) {
                simulation.node(name, this::boot);
            }
            simulation.node("hostile", start -> peer = new HostilePeer(node(start), REPLICAS));
            simulation.nodes().forEach(node -> node.start());
            assertTrue(simulation.runUntil(() -> strong.size() == 4 && eventual.size() == 4, LIMIT));
            // Before that, a replica takes any configuration from another one for genesis.
            assertTrue(simulation.runUntil(this::haveReplicasAdopted, LIMIT));
        }

        private boolean haveReplicasAdopted() {
            return replicas.stream().allMatch(replica -> replica.loop().voters().since() > 0);
        }

        private void boot(SimStart start) {
            RpcNode node = node(start);
            ReplicationOptions options = ReplicationOptions.defaults().withRules(Consistency.rules());
            Replication replication = Replication.start(node, REPLICAS, Storage.memory(), options);
            TombstoneCollector.start(replication);
            if (REPLICAS.contains(start.node().id())) {
                replicas.add(replication);
            }
            worlds.put(start.node().id().name(), start.world());
            start.world().scheduler().execute(() -> {
                open(start, replication, HonestWork.STRONG, Consistency.strong(), strong);
                open(start, replication, HonestWork.EVENTUAL, Consistency.eventual(), eventual);
            });
        }

        private static void open(
                SimStart start,
                Replication replication,
                StoreSpec spec,
                ConsistencyPolicy policy,
                Map<String, PolicyStore> stores) {
            PolicyStore store = policy.open(new StoreContext(replication, spec, start.executor()));
            replication.loop().openStore(spec, policy.replicasToOpen(REPLICAS.size()), opening -> {
                if (opening.isOpen()) {
                    stores.put(start.node().id().name(), store);
                }
            });
        }

        private static RpcNode node(SimStart start) {
            return RpcNode.builder()
                    .cluster("simulated")
                    .self(start.node().id())
                    .transport(start.transport())
                    .world(start.world())
                    .executor(start.executor())
                    .start();
        }

        void check() {
            simulation
                    .network()
                    .faults(NetworkFaults.none()
                            .withLoss(0.01)
                            .withDuplication(0.01)
                            .withDelay(Duration.ofMillis(1), Duration.ofMillis(5)));
            RandomSource random = simulation.random("hostile");
            HostileMessages messages = new HostileMessages(
                    random,
                    () -> Objects.requireNonNull(worlds.get("a")).clock().wallMillis(),
                    HonestWork.STRONG,
                    HonestWork.EVENTUAL,
                    NAMES);
            CompletableFuture<Void> over = Objects.requireNonNull(peer)
                    .attack(
                            MESSAGES_OF_A_SEED,
                            messages,
                            new HostileMutator(random, HostilePeerTest.ABSURD_READINGS),
                            random);
            List<String> during = new ArrayList<>();
            for (int i = 0; !over.isDone() && i < 10_000; i++) {
                begin(i % 2 == 0 ? "honest" : "b", strong, key(i), new Operation.Put(value()), during);
                simulation.runFor(Duration.ofMillis(50));
            }
            assertTrue(over.isDone(), "each hostile message ends");
            int begun = values;
            assertTrue(simulation.runUntil(() -> during.size() == begun, LIMIT), "each put ends");
            simulation.network().heal();
            for (String node : List.of("a", "b", "c", "honest")) {
                endsWell(node);
            }
        }

        private void endsWell(String node) {
            for (int i = 0; i < HostileMessages.KEYS; i++) {
                byte[] first = value();
                byte[] second = value();
                String key = node + " k" + i + ": ";
                assertEquals(key + "done", key + change(node, key(i), new Operation.Put(first)));
                assertEquals(key + text(first), key + end(node, strong, key(i), new Operation.Get()));
                change(node, key(i), new Operation.CompareAndSet(first, second));
                assertEquals(key + text(second), key + end(node, strong, key(i), new Operation.Get()));
                assertEquals(key + "done", key + change(node, key(i), new Operation.Delete()));
                assertEquals(key + "done", key + change(node, key(i), new Operation.PutIfAbsent(first)));
                assertEquals(key + text(first), key + end(node, strong, key(i), new Operation.Get()));
                assertEquals(key + "done", key + end(node, eventual, key(i), new Operation.Put(first)));
                end(node, eventual, key(i), new Operation.Get());
            }
            scans(node);
            watches(node);
        }

        private void scans(String node) {
            List<Object> pages = new ArrayList<>();
            simulation
                    .node(node)
                    .execute(() -> store(node, strong)
                            .scan(
                                    new KeyRange(new byte[] {'k'}, new byte[0]),
                                    HostileMessages.KEYS,
                                    deadline(node),
                                    new ScanCompletion() {
                                        @Override
                                        public void complete(ScannedPage page) {
                                            pages.add(page);
                                        }

                                        @Override
                                        public void fail(Throwable error) {
                                            pages.add(error);
                                        }
                                    }));
            assertTrue(simulation.runUntil(() -> !pages.isEmpty(), LIMIT));
            assertEquals(ScannedPage.class, pages.get(0).getClass(), pages.toString());
        }

        private void watches(String node) {
            byte[] value = value();
            List<String> reported = new ArrayList<>();
            simulation
                    .node(node)
                    .execute(() -> store(node, strong).watch(key(0), true, 100, new KeyListener() {
                        @Override
                        public void onChange(byte[] key, byte @Nullable [] seen, Ballot version) {
                            reported.add(seen == null ? "none" : text(seen));
                        }

                        @Override
                        public void onMissed(byte[] key, Ballot after, Ballot before) {}
                    }));
            change(node, key(0), new Operation.Put(value));
            assertTrue(simulation.runUntil(() -> reported.contains(text(value)), LIMIT), "a watch at " + node);
        }

        /**
         * A state that a client makes up may remember batches that nobody sent. A change that then
         * meets a conflict ends as unknown, though nothing was applied, and goes through when it is
         * tried again.
         */
        private String change(String node, byte[] key, Operation operation) {
            String end = end(node, strong, key, operation);
            for (int again = 0; again < MAX_AGAIN && end.contains("its outcome was forgotten"); again++) {
                end = end(node, strong, key, operation);
            }
            return end;
        }

        private String end(String node, Map<String, PolicyStore> stores, byte[] key, Operation operation) {
            List<String> ends = new ArrayList<>();
            begin(node, stores, key, operation, ends);
            assertTrue(simulation.runUntil(() -> !ends.isEmpty(), LIMIT.plusSeconds(1)));
            return ends.get(0);
        }

        private void begin(
                String node, Map<String, PolicyStore> stores, byte[] key, Operation operation, List<String> ends) {
            simulation
                    .node(node)
                    .execute(() -> store(node, stores).execute(key, operation, deadline(node), new Completion() {
                        @Override
                        public void complete(Result result) {
                            byte[] value = result.value();
                            ends.add(value == null ? "done" : text(value));
                        }

                        @Override
                        public void fail(Throwable error) {
                            ends.add(String.valueOf(error.getMessage()));
                        }
                    }));
        }

        private long deadline(String node) {
            return Objects.requireNonNull(worlds.get(node)).clock().nanos() + LIMIT.toNanos();
        }

        private static PolicyStore store(String node, Map<String, PolicyStore> stores) {
            return Objects.requireNonNull(stores.get(node));
        }

        private byte[] value() {
            values++;
            return HonestWork.bytes("v" + values);
        }

        private static byte[] key(int number) {
            return HonestWork.bytes("k" + number % HostileMessages.KEYS);
        }

        private static String text(byte[] bytes) {
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
