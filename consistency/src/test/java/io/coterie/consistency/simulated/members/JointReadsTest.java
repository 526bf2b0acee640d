package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.cluster.WrappedJournal;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While a newcomer lacks nearly all keys, reads take one round trip. */
class JointReadsTest {
    private static final int KEYS = 1_000;
    private static final int AT_ONCE = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final byte ACCEPTED = 5;

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private SimulatedCluster cluster;
    private boolean moving;
    private int begun;
    private int ended;
    private int writeBacks;

    /** Counts what the newcomer accepts. */
    private Storage counting(Storage correct) {
        return new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                return new WrappedJournal(correct.open(self, world, recovered, onFailure)) {
                    @Override
                    public long append(ByteBuffer entry) {
                        boolean accepts = entry.get(entry.position()) == ACCEPTED;
                        writeBacks += accepts && self.name().equals("s") ? 1 : 0;
                        return super.append(entry);
                    }
                };
            }

            @Override
            public boolean survivesRestart() {
                return correct.survivesRestart();
            }
        };
    }

    @ParameterizedTest(name = "in place of {0}")
    @CsvSource(
            value = {"nobody", "r1"},
            nullValues = "nobody")
    void readsOfWhatTheNewcomerLacksWriteNothing(@Nullable String leaving) {
        Wire withoutTransfers = new Wire() {
            @Override
            boolean passes(NodeId server, NodeId caller, Object request) {
                return !(request instanceof TransferMethod.Request);
            }
        };
        cluster = new SimulatedCluster(
                simulation,
                3,
                1,
                withoutTransfers.under(Variant.CORRECT.withStorage(
                        start -> counting(Variant.CORRECT.storage().apply(start)))),
                (start, store) -> stores.put(start.node(), store));
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofNanos(100_000), Duration.ofMillis(1)));
        simulation.nodes().forEach(SimNode::start);
        cluster.awaitFounding(simulation);
        int[] written = {0};
        for (int i = 0; i < KEYS; i++) {
            execute("k" + i, new Operation.Put(bytes("v")), () -> written[0]++);
        }
        assertTrue(simulation.runUntil(() -> written[0] == KEYS, TIMEOUT));
        cluster.newcomer(simulation, "s", List.of(NodeId.of("r0"), NodeId.of("r1"), NodeId.of("r2"), NodeId.of("s")))
                .start();
        SimNode driver = simulation.node("r0");
        ChangeRequest request =
                new ChangeRequest(leaving == null ? null : NodeId.of(leaving), new Newcomer(NodeId.of("s"), ""), true);
        driver.execute(() -> cluster.changes(driver).begin(request, new ChangeListener() {
            @Override
            public void begun(long epoch) {
                moving = true;
            }

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                moving = false;
            }
        }));
        assertTrue(simulation.runUntil(
                () -> moving && cluster.replication(simulation.node("s")).localState() == ReplicaState.VOTING,
                TIMEOUT));
        for (int i = 0; i < AT_ONCE; i++) {
            readNext();
        }
        assertTrue(simulation.runUntil(() -> ended == KEYS, TIMEOUT));
        assertTrue(moving);
        for (SimNode node : simulation.nodes()) {
            Configuration known = cluster.loop(node).configuration();
            assertTrue(known != null && known.isMoving(), () -> node + " knows of no change");
        }
        assertTrue(writeBacks * 100 <= KEYS, () -> writeBacks + " keys were written back");
    }

    private void readNext() {
        if (begun < KEYS) {
            execute("k" + begun++, new Operation.Get(), () -> {
                ended++;
                readNext();
            });
        }
    }

    private void execute(String key, Operation operation, Runnable then) {
        SimNode client = simulation.node("c0");
        client.execute(() -> {
            long deadline = cluster.loop(client).world().clock().nanos() + TIMEOUT.toNanos();
            stores.get(client).execute(bytes(key), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    then.run();
                }

                @Override
                public void fail(Throwable error) {
                    throw new AssertionError(error);
                }
            });
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
