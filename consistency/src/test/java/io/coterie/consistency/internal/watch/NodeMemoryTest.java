package io.coterie.consistency.internal.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept in memory is bounded for each node, however many stores and watches it has. */
class NodeMemoryTest {
    private static final Voters VOTERS = Voters.stable(List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c")));

    private static final int STORES = 5;
    private static final int KEYS = 110;
    private static final int VALUE_BYTES = 140 << 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Simulation simulation = Simulation.create(3);
    private final List<SimStart> clients = new ArrayList<>();
    private final NodeMemory shared = new NodeMemory();

    @Test
    void storesShareWhatTheirNodeMayKeep() {
        SimulatedCluster cluster = new SimulatedCluster(
                simulation,
                3,
                1,
                SimulatedCluster.Variant.CORRECT.withStorage(start -> Storage.memory()),
                (start, store) -> clients.add(start));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> clients.size() == 4, Duration.ofMinutes(1)));
        SimNode client = simulation.node("c0");
        NodeMemory memory = cluster.loop(client).memory();
        List<PolicyStore> stores = new ArrayList<>();
        for (int i = 0; i < STORES; i++) {
            PolicyStore store = open(cluster.replication(client), client, "s" + i);
            stores.add(store);
            for (int key = 0; key < KEYS; key++) {
                put(client, cluster.replication(client).world().clock(), store, key);
                assertTrue(
                        memory.keptBytes() <= NodeMemory.MAX_KEPT_BYTES + 2 * VALUE_BYTES,
                        () -> memory.keptBytes() + " bytes are kept");
            }
        }

        assertTrue(memory.keptBytes() > NodeMemory.MAX_KEPT_BYTES / 2, () -> memory.keptBytes() + " bytes are kept");
        stores.forEach(store -> client.execute(store::close));
        simulation.runFor(TIMEOUT);
        assertTrue(memory.keptBytes() < VALUE_BYTES, () -> memory.keptBytes() + " bytes of closed stores are kept");
    }

    @Test
    void whatWasNotUsedForLongestGoesFromWhicheverStore() {
        List<String> swept = new ArrayList<>();
        shared.add(() -> swept.add("a") && swept.size() >= 3);
        shared.add(() -> swept.add("b"));
        for (int i = 0; i < 6; i++) {
            shared.sweep();
        }

        assertEquals(List.of("a", "a", "a", "b", "a", "b"), swept);
    }

    @Test
    void watchesShareWhatMayWaitForListenersAndEachHasItsPart() {
        List<Runnable> heldBack = new ArrayList<>();
        byte[] value = new byte[1 << 20];
        List<WatchQueue> queues = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            WatchQueue queue = newQueue(heldBack);
            queues.add(queue);
            for (int j = 0; j < 200; j++) {
                WatchedKey key = new WatchedKey(new byte[] {(byte) j}, VOTERS, ConsensusRules.CORRECT, true);
                queue.deliver(key, value, new Ballot(j + 1, 1), null);
            }
            assertTrue(shared.queuedBytes() <= NodeMemory.MAX_QUEUED_BYTES, () -> shared.queuedBytes() + " bytes wait");
        }
        WatchQueue quick = newQueue(heldBack);
        quick.deliver(
                new WatchedKey(new byte[1], VOTERS, ConsensusRules.CORRECT, true),
                new byte[100],
                new Ballot(1, 1),
                null);

        assertTrue(quick.room() > 0, "slow listeners took the room of another");
        queues.forEach(WatchQueue::close);
        queues.forEach(WatchQueue::forget);
        assertTrue(shared.queuedBytes() < 1 << 20, () -> shared.queuedBytes() + " bytes of closed watches are kept");
        assertFalse(heldBack.isEmpty());
    }

    @Test
    void watchesShareTheKeysThatAreRememberedAndEachHasItsPart() {
        int most = NodeMemory.MAX_REMEMBERED_KEYS;
        WatchedKeys small = newKeys();
        put(small, 0);
        List<WatchedKeys> watches = new ArrayList<>();
        for (int store = 0; store < STORES; store++) {
            WatchedKeys keys = newKeys();
            watches.add(keys);
            assertTrue(keys.capacity() >= most / (store + 2), "a new watch has no room");
            for (int i = 0; i < most / 2; i++) {
                put(keys, i);
                assertTrue(shared.rememberedKeys() <= most, () -> shared.rememberedKeys() + " keys are remembered");
            }
        }

        assertEquals(1, small.size(), "large watches took the room of a small one");
        for (WatchedKeys keys : watches) {
            assertTrue(keys.size() >= most / (STORES + 1), () -> keys.size() + " keys are left of a watch");
        }
        watches.forEach(WatchedKeys::close);
        assertEquals(1, shared.rememberedKeys(), "keys of closed watches are remembered");
        put(watches.get(0), 1);
        assertEquals(1, shared.rememberedKeys(), "a closed watch remembers keys");
    }

    @Test
    void aKeyInUseIsNotForgottenForThoseOfOtherWatches() {
        WatchedKeys inUse = new WatchedKeys(shared, NodeMemory.MAX_REMEMBERED_KEYS, key -> key.queued > 0, key -> {});
        for (int i = 0; i < NodeMemory.MAX_REMEMBERED_KEYS; i++) {
            put(inUse, i).queued = i < 10 ? 1 : 0;
        }
        WatchedKeys other = newKeys();
        for (int i = 0; i < 1_000; i++) {
            put(other, i);
        }

        assertEquals(1_000, other.size());
        assertEquals(10, inUse.all().stream().filter(key -> key.queued > 0).count());
    }

    private WatchedKeys newKeys() {
        return new WatchedKeys(shared, NodeMemory.MAX_REMEMBERED_KEYS, key -> false, key -> {});
    }

    private static WatchedKey put(WatchedKeys keys, int number) {
        byte[] name = ByteBuffer.allocate(4).putInt(number).array();
        WatchedKey key = new WatchedKey(name, VOTERS, ConsensusRules.CORRECT, true);
        keys.put(new RecordKey(1, name), key);
        return key;
    }

    private WatchQueue newQueue(List<Runnable> heldBack) {
        KeyListener listener = new KeyListener() {
            @Override
            public void onChange(byte[] key, byte @Nullable [] value, Ballot version) {}

            @Override
            public void onMissed(byte[] key, Ballot after, Ballot before) {}
        };
        WatchQueue.Feedback none = new WatchQueue.Feedback() {
            @Override
            public void lost(WatchedKey key) {}

            @Override
            public void hasRoom() {}
        };
        return new WatchQueue(shared, unused(), heldBack::add, listener, "a watch", 1_000, none);
    }

    private static Scheduler unused() {
        return new Scheduler() {
            @Override
            public boolean execute(Runnable task) {
                throw new AssertionError();
            }

            @Override
            public Timer schedule(long delayNanos, Runnable task) {
                throw new AssertionError();
            }

            @Override
            public boolean inLoop() {
                return true;
            }
        };
    }

    private PolicyStore open(Replication replication, SimNode client, String name) {
        StoreSpec spec = new StoreSpec(name, "strong");
        List<PolicyStore> opened = new ArrayList<>();
        client.execute(() -> {
            PolicyStore store = new StrongStore(new StoreContext(replication, spec, Runnable::run));
            var unused = replication.loop().openStore(spec, Quorums.majority(3), opening -> {
                if (opening.isOpen()) {
                    opened.add(store);
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !opened.isEmpty(), TIMEOUT));
        return opened.get(0);
    }

    private void put(SimNode client, Clock clock, PolicyStore store, int key) {
        List<Result> results = new ArrayList<>();
        byte[] name = ByteBuffer.allocate(4).putInt(key).array();
        client.execute(() -> store.execute(
                name, new Operation.Put(new byte[VALUE_BYTES]), clock.nanos() + TIMEOUT.toNanos(), new Completion() {
                    @Override
                    public void complete(Result result) {
                        results.add(result);
                    }

                    @Override
                    public void fail(Throwable error) {
                        throw new AssertionError(error);
                    }
                }));
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), TIMEOUT));
    }
}
