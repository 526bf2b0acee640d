package io.coterie.consistency.simulated.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.checks.DeliveredStates;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * For a while tasks of timers throw, as they do for want of memory, wherever they look at the
 * clock, draw chance or hand something over. Once that is over, all continues that rests on timers.
 */
class TimerFaultsTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Longer than any period: each timer meets it. */
    private static final Duration BAD_TIME = Duration.ofSeconds(20);

    private static final int KEYS = 20;

    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private boolean bad;
    private int thrown;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatRestsOnTimersContinuesAfterTheyThrew(int seed) {
        Simulation simulation = Simulation.create(seed);
        SplittableRandom random = new SplittableRandom(seed);
        simulation.onTaskFailure((node, failure) -> assertEquals("meant", failure.getMessage()));
        SimulatedCluster cluster = new SimulatedCluster(
                simulation,
                3,
                1,
                SimulatedCluster.Variant.CORRECT,
                (start, node) -> node.transport(start.transport()).world(world(start, random)),
                (start, store) -> stores.put(start.node(), store));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, LIMIT));
        SimNode client = simulation.node("c0");
        DeliveredStates delivered = new DeliveredStates();
        client.execute(() -> stores.get(client).watch(new byte[] {'k'}, false, 1_000, delivered));
        for (int i = 0; i < KEYS; i++) {
            run(simulation, "k" + i, new Operation.Put(new byte[] {1}));
            run(simulation, "k" + i, new Operation.Delete());
        }
        bad = true;
        simulation.runFor(BAD_TIME);
        bad = false;

        run(simulation, "k", new Operation.Put(new byte[] {2}));
        assertTrue(simulation.runUntil(() -> delivered.changes("k") > 0, LIMIT), "the watch gets no changes");
        List<SimNode> replicas = List.of(simulation.node("r0"), simulation.node("r1"), simulation.node("r2"));
        assertTrue(
                simulation.runUntil(
                        () -> replicas.stream()
                                .allMatch(replica -> cluster.loop(replica).localRecords() == 1),
                        LIMIT),
                "deleted keys are not forgotten");
        assertTrue(thrown > 10, () -> thrown + " tasks threw");
    }

    private void run(Simulation simulation, String key, Operation operation) {
        SimNode client = simulation.node("c0");
        List<Result> results = new ArrayList<>();
        client.execute(() -> {
            long deadline = worlds.get(client).clock().nanos() + LIMIT.toNanos();
            stores.get(client).execute(key.getBytes(StandardCharsets.UTF_8), operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    results.add(result);
                }

                @Override
                public void fail(Throwable error) {
                    throw new AssertionError(error);
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !results.isEmpty(), LIMIT), () -> "no end of the operation on " + key);
    }

    private World world(SimStart start, SplittableRandom random) {
        World world = new FaultyTimers(start.world(), random).world();
        worlds.put(start.node(), world);
        return world;
    }

    /** A world in which tasks of timers throw in bad times. */
    private final class FaultyTimers implements Scheduler {
        private final World real;
        private final SplittableRandom random;

        /** After how many uses of the world the present task of a timer throws. */
        private int usesLeft = Integer.MAX_VALUE;

        FaultyTimers(World real, SplittableRandom random) {
            this.real = real;
            this.random = random;
        }

        World world() {
            Clock clock = new Clock() {
                @Override
                public long nanos() {
                    use();
                    return real.clock().nanos();
                }

                @Override
                public long wallMillis() {
                    use();
                    return real.clock().wallMillis();
                }
            };
            return new World(clock, this, () -> {
                use();
                return real.random().nextLong();
            });
        }

        @Override
        public boolean execute(Runnable task) {
            use();
            return real.scheduler().execute(task);
        }

        /** Does not throw itself: the loop sees to it that a timer can be set. */
        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return real.scheduler().schedule(delayNanos, () -> {
                boolean throwing = bad && random.nextBoolean();
                usesLeft = throwing ? random.nextInt(4) : Integer.MAX_VALUE;
                try {
                    task.run();
                } finally {
                    usesLeft = Integer.MAX_VALUE;
                }
            });
        }

        @Override
        public boolean inLoop() {
            return real.scheduler().inLoop();
        }

        private void use() {
            if (usesLeft == 0) {
                usesLeft = Integer.MAX_VALUE;
                thrown++;
                throw new InternalError("meant");
            }
            usesLeft--;
        }
    }
}
