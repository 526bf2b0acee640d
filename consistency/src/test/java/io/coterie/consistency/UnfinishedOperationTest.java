package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations on a key of which one calls a function that never returns, or never begins. */
class UnfinishedOperationTest {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private final Map<SimNode, World> worlds = new HashMap<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Operation endless = new Operation.Update(value -> {
        begun.countDown();
        await(new CountDownLatch(1));
        return value;
    });

    /** Whether the executor has no thread for a function. */
    private boolean busy;

    @BeforeEach
    void start() {
        SimulatedCluster.Variant calling = SimulatedCluster.Variant.CORRECT.withStore(
                context -> new StrongStore(context.withUserCode(this::call)));
        new SimulatedCluster(simulation, 3, 1, calling, (start, store) -> {
            stores.put(start.node(), store);
            worlds.put(start.node(), start.world());
        });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 4, Duration.ofSeconds(10)));
    }

    @Test
    void itReportsThatItsFunctionDidNotReturnAndWhatTheReplicasAnswered() {
        execute(endless, SHORT);

        QuorumUnavailableException failure = onlyFailure();
        assertTrue(
                failure.getMessage().contains("called its function, which did not return in time"), failure::toString);
        assertEquals(Set.of("r0", "r1", "r2"), namesIn(failure));
    }

    @Test
    void oneThatNeverBeganReportsThatTheExecutorWasBusy() {
        busy = true;
        execute(endless, SHORT);

        QuorumUnavailableException failure = onlyFailure();
        assertTrue(
                failure.getMessage().contains("could not call its function in time, as the executor was busy"),
                failure::toString);
    }

    @Test
    void whatWaitsBehindItReportsThat() {
        execute(endless, Duration.ofHours(1));
        execute(new Operation.Delete(), SHORT);

        QuorumUnavailableException failure = onlyFailure();
        assertTrue(
                failure.getMessage()
                        .contains("waited for the function of another update of its key at this node, which did not"
                                + " return within "),
                failure::toString);
        assertEquals(Set.of("r0", "r1", "r2"), namesIn(failure));
    }

    @Test
    void whatHasEndedDoesNotStayInMemoryUntilThatEnds() {
        execute(endless, Duration.ofHours(1));
        WeakReference<byte[]> value = putLarge();

        onlyFailure();

        for (int i = 0; i < 100 && value.get() != null; i++) {
            System.gc();
        }
        assertNull(value.get(), "the value of an operation that has ended is still held");
    }

    private void call(Runnable function) {
        if (!busy) {
            Thread thread = new Thread(function);
            thread.setDaemon(true);
            thread.start();
            await(begun);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private WeakReference<byte[]> putLarge() {
        byte[] value = new byte[1 << 10];
        execute(new Operation.Put(value), SHORT);
        return new WeakReference<>(value);
    }

    private QuorumUnavailableException onlyFailure() {
        simulation.runFor(SHORT.multipliedBy(3));
        assertEquals(1, failures.size());
        return assertInstanceOf(QuorumUnavailableException.class, failures.get(0));
    }

    private static Set<String> namesIn(QuorumUnavailableException failure) {
        return failure.replicas().keySet().stream().map(id -> id.name()).collect(Collectors.toSet());
    }

    private void execute(Operation operation, Duration timeout) {
        SimNode node = simulation.node("c0");
        node.execute(() -> {
            long deadline = Objects.requireNonNull(worlds.get(node)).clock().nanos() + timeout.toNanos();
            Objects.requireNonNull(stores.get(node)).execute(KEY, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    throw new AssertionError("its function never returned, and yet: " + result);
                }

                @Override
                public void fail(Throwable error) {
                    failures.add(error);
                }
            });
        });
        simulation.runFor(Duration.ofMillis(100));
    }
}
