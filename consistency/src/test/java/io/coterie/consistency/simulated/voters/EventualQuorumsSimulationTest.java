package io.coterie.consistency.simulated.voters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A node writes rising numbers, and another one reads, over a network that delays and loses, while
 * replicas are cut off: does a read see what was acknowledged before it began?
 */
class EventualQuorumsSimulationTest {
    private static final long SEEDS = Long.getLong("coterie.seeds", 20);
    private static final byte[] KEY = {'k'};
    private static final Duration LENGTH = Duration.ofSeconds(5);

    /** One run. */
    private static final class Run {
        private final Simulation simulation;
        private final Map<SimNode, PolicyStore> stores = new HashMap<>();
        private final SimulatedCluster cluster;
        private int next;
        private int acknowledged;
        private int reads;
        private int stale;

        Run(long seed, ConsistencyPolicy policy) {
            this.simulation = Simulation.create(seed);
            this.cluster = new SimulatedCluster(
                    simulation,
                    5,
                    2,
                    SimulatedCluster.Variant.EVENTUAL.withStore(policy::open),
                    (start, store) -> stores.put(start.node(), store));
            simulation.nodes().forEach(SimNode::start);
            cluster.awaitFounding(simulation);
            simulation.runUntil(() -> stores.size() == 7, Duration.ofMinutes(1));
            simulation
                    .network()
                    .faults(NetworkFaults.none()
                            .withDelay(Duration.ofMillis(1), Duration.ofMillis(40))
                            .withLoss(0.2));
            SimNode writer = simulation.node("c0");
            SimNode reader = simulation.node("c1");
            write(writer);
            read(reader);
            for (int i = 0; i < 10; i++) {
                simulation.network().heal();
                simulation
                        .network()
                        .isolate(simulation.node("r" + simulation.random().nextInt(5)));
                simulation.runFor(LENGTH.dividedBy(10));
            }
        }

        private void execute(SimNode node, Operation operation, Completion completion) {
            long deadline = cluster.loop(node).world().clock().nanos() + LENGTH.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, operation, deadline, completion);
        }

        private void write(SimNode writer) {
            int number = ++next;
            byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
            writer.execute(() -> execute(writer, new Operation.Put(value), new Completion() {
                @Override
                public void complete(Result result) {
                    acknowledged = number;
                    write(writer);
                }

                @Override
                public void fail(Throwable error) {
                    write(writer);
                }
            }));
        }

        private void read(SimNode reader) {
            reader.execute(() -> {
                int before = acknowledged;
                execute(reader, new Operation.Get(), new Completion() {
                    @Override
                    public void complete(Result result) {
                        byte[] value = result.value();
                        reads++;
                        stale += (value == null ? 0 : ByteBuffer.wrap(value).getInt()) < before ? 1 : 0;
                        read(reader);
                    }

                    @Override
                    public void fail(Throwable error) {
                        read(reader);
                    }
                });
            });
        }
    }

    private static int stale(ConsistencyPolicy policy) {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToInt(seed -> {
                    Run run = new Run(seed, policy);
                    assertTrue(run.acknowledged > 5 && run.reads > 5, run.acknowledged + " writes, " + run.reads);
                    return run.stale;
                })
                .sum();
    }

    @Test
    void aReadSeesWhatWasAcknowledgedIfTheQuorumsMeet() {
        assertEquals(0, stale(Consistency.eventual().write(3).read(3)));
        assertEquals(0, stale(Consistency.eventual().write(4).read(2)));
        assertEquals(
                0, stale(Consistency.eventual().write(QuorumSystem.atLeast(2)).read(QuorumSystem.atLeast(4))));
    }

    @Test
    void aReadMayMissItIfTheyDoNot() {
        assertTrue(stale(Consistency.eventual().write(2).read(2)) > 0);
        assertTrue(stale(Consistency.eventual()) > 0);
    }
}
