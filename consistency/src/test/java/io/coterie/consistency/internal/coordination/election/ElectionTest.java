package io.coterie.consistency.internal.coordination.election;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.lease.ScriptedStore;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.NodeLeases;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A candidate under want: of an executor with room, and of room among what a node may have open.
 */
class ElectionTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.create(1);
    private final ScriptedStore store = new ScriptedStore();
    private final List<String> calls = new ArrayList<>();
    private @Nullable Executor busy;
    private @Nullable Coordinator coordinator;

    private final LeadershipListener listener = new LeadershipListener() {
        @Override
        public void elected(Lease lease) {
            calls.add("elected");
        }

        @Override
        public void deposed() {
            calls.add("deposed");
        }
    };

    ElectionTest() {
        simulation.node("a", this::boot).start();
    }

    private void boot(SimStart start) {
        Executor executor = task -> {
            Executor other = busy;
            (other == null ? start.executor() : other).execute(task);
        };
        coordinator = new Coordinator(
                store, start.world(), executor, start.node().id(), Duration.ofSeconds(1), new NodeLeases());
    }

    private void onLoop(Consumer<Coordinator> task) {
        Coordinator node = coordinator;
        simulation.node("a").execute(() -> task.accept(node));
        simulation.runFor(Duration.ofMillis(100));
    }

    private void campaign() {
        onLoop(node -> new Election(new LeaseRegister(node, "election", "e", 1, LEASE), listener).start());
    }

    private void loseTheLease() {
        store.holdWritesUp(true);
        simulation.runFor(LEASE.multipliedBy(2));
    }

    private void standAgain() {
        store.holdWritesUp(false);
        simulation.runFor(LEASE.multipliedBy(5));
    }

    @Test
    void aListenerWhoseExecutorHadNoRoomIsNotifiedLater() {
        busy = task -> {
            throw new RejectedExecutionException("full");
        };
        campaign();
        assertEquals(List.of(), calls);
        busy = null;
        simulation.runFor(Duration.ofMillis(100));
        assertEquals(List.of("elected"), calls);
        loseTheLease();
        standAgain();
        assertEquals(List.of("elected", "deposed", "elected"), calls);
    }

    @Test
    void aCandidateWhoFindsNoRoomAtItsNodeStandsLater() {
        campaign();
        List<Object> others = new ArrayList<>();
        onLoop(node -> {
            for (int i = 0; i < NodeLeases.MAX_OPEN; i++) {
                Object other = new Object();
                others.add(other);
                node.add(other, () -> CompletableFuture.completedFuture(null));
            }
        });
        loseTheLease();
        standAgain();
        assertEquals(List.of("elected", "deposed"), calls);
        onLoop(node -> others.forEach(node::remove));
        standAgain();
        assertEquals(List.of("elected", "deposed", "elected"), calls);
    }
}
