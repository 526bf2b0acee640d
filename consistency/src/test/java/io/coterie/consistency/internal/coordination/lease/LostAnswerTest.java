package io.coterie.consistency.internal.coordination.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseEnd;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.NodeLeases;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A write whose answer is lost may have been applied, or may be yet. */
class LostAnswerTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final Simulation simulation = Simulation.create(1);
    private final ScriptedStore store = new ScriptedStore();
    private final NodeLeases shared = new NodeLeases();
    private final AtomicReference<Coordinator> coordinator = new AtomicReference<>();

    LostAnswerTest() {
        var node = simulation.node(
                "a",
                start -> coordinator.set(new Coordinator(
                        store, start.world(), start.executor(), start.node().id(), Duration.ofSeconds(1), shared)));
        node.start();
    }

    /** Does something on the loop of the node, and lets some time pass. */
    private void onLoop(Consumer<Coordinator> task) {
        simulation.node("a").execute(() -> task.accept(coordinator.get()));
        simulation.runFor(Duration.ofMillis(100));
    }

    private LeaseRecord record() {
        return LeaseRecord.decode(store.value(), 1, "lock");
    }

    private CompletableFuture<Optional<Lease>> acquire() {
        AtomicReference<CompletableFuture<Optional<Lease>>> future = new AtomicReference<>();
        onLoop(node -> future.set(new LeaseRegister(node, "lock", "l", 1, LEASE).acquire(LEASE.toNanos())));
        return future.get();
    }

    @Test
    void anAcquisitionWhoseAnswerWasLostFindsItselfInTheRecord() {
        store.holdWritesUp(true);
        CompletableFuture<Optional<Lease>> future = acquire();
        assertFalse(future.isDone());
        assertTrue(store.letThrough());
        store.holdWritesUp(false);
        simulation.runFor(Duration.ofSeconds(2));
        assertEquals(1, future.getNow(Optional.empty()).orElseThrow().token());
        assertEquals(1, record().entries().size());
    }

    @Test
    void anAcquisitionThatWasGivenUpIsTakenOutOfTheRecord() {
        store.holdWritesUp(true);
        CompletableFuture<Optional<Lease>> future = acquire();
        assertTrue(store.letThrough());
        store.holdWritesUp(false);
        onLoop(node -> future.cancel(false));
        assertEquals(List.of(), record().entries());
        assertEquals(1, record().lastToken());
    }

    @Test
    void aWriteThatIsLateCannotComeInAfterItsAcquisitionWasGivenUp() {
        store.holdWritesUp(true);
        CompletableFuture<Optional<Lease>> future = acquire();
        store.holdWritesUp(false);
        onLoop(node -> future.cancel(false));
        assertFalse(store.letThrough());
        assertEquals(List.of(), record().entries());
    }

    @Test
    void whoWasOutrunUntilTheEndGetsNoFailureThatIsLongOver() {
        store.failNext(new QuorumUnavailableException("no majority answered", Map.of()));
        store.refuseWrites();
        CompletableFuture<Optional<Lease>> future = acquire();
        simulation.runFor(LEASE.multipliedBy(2));
        assertEquals(Optional.empty(), future.getNow(null));
    }

    @Test
    void anAcquisitionThatWasGivenUpTakesAPlaceUntilItIsTakenBack() {
        onLoop(node -> {
            for (int i = 1; i < NodeLeases.MAX_OPEN; i++) {
                node.add(new Object(), () -> CompletableFuture.completedFuture(null));
            }
        });
        store.holdWritesUp(true);
        CompletableFuture<Optional<Lease>> future = acquire();
        onLoop(node -> future.cancel(false));
        onLoop(node -> assertThrows(OverloadedException.class, node::requireOpen));
        store.holdWritesUp(false);
        simulation.runFor(Duration.ofSeconds(6));
        onLoop(Coordinator::requireOpen);
    }

    @Test
    void theCoordinatorsOfANodeShareItsPlaces() {
        List<Coordinator> all = new ArrayList<>();
        onLoop(node -> {
            for (int store = 0; store < 10; store++) {
                Coordinator other = new Coordinator(
                        new ScriptedStore(), node.world(), node.userCode(), NodeId.of("a"), LEASE, shared);
                all.add(other);
                for (int i = 0; i < NodeLeases.MAX_OPEN / 10; i++) {
                    other.add(i, () -> CompletableFuture.completedFuture(null));
                    other.add(i, () -> CompletableFuture.completedFuture(null));
                }
            }
            assertThrows(OverloadedException.class, node::requireOpen);
            all.forEach(other -> assertThrows(OverloadedException.class, other::requireOpen));
            all.get(3).remove(7);
            all.get(3).remove(7);
            node.requireOpen();
            node.add(new Object(), () -> CompletableFuture.completedFuture(null));
            assertThrows(OverloadedException.class, all.get(3)::requireOpen);
        });
        assertEquals(10, all.size());
    }

    @Test
    void theEndOfTheNodesPartWaitsForWhatIsNotTakenBackYet() {
        store.holdWritesUp(true);
        CompletableFuture<Optional<Lease>> future = acquire();
        onLoop(node -> future.cancel(false));
        AtomicReference<CompletableFuture<Void>> closing = new AtomicReference<>();
        onLoop(node -> closing.set(node.close()));
        assertFalse(closing.get().isDone());
        store.holdWritesUp(false);
        simulation.runFor(Duration.ofSeconds(6));
        assertTrue(closing.get().isDone());
        assertEquals(List.of(), record().entries());
    }

    @Test
    void aRenewalWhoseAnswerWasLostKeepsTheLease() {
        Lease lease = acquire().getNow(Optional.empty()).orElseThrow();
        store.holdWritesUp(true);
        simulation.runFor(Duration.ofSeconds(4));
        assertTrue(store.letThrough());
        store.holdWritesUp(false);
        simulation.runFor(Duration.ofSeconds(30));
        assertTrue(lease.isValid());
        assertFalse(lease.ended().isDone());
    }

    @Test
    void aLeaseThatCannotBeRenewedIsOverAfterItsDuration() {
        Lease lease = acquire().getNow(Optional.empty()).orElseThrow();
        store.holdWritesUp(true);
        simulation.runFor(LEASE.minusMillis(200));
        assertTrue(lease.isValid());
        assertFalse(lease.ended().isDone());
        simulation.runFor(Duration.ofMillis(200));
        assertEquals(LeaseEnd.LOST, lease.ended().getNow(null));
        assertFalse(lease.isValid());
    }

    @Test
    void aLeaseIsHeldForNoLongerThanTheLongestTime() {
        AtomicReference<CompletableFuture<Optional<Lease>>> future = new AtomicReference<>();
        onLoop(node -> {
            LeaseRegister limited = new LeaseRegister(node, "lock", "l", 1, LEASE).heldAtMost(LEASE.multipliedBy(3));
            future.set(limited.acquire(LEASE.toNanos()));
        });
        Lease lease = future.get().getNow(Optional.empty()).orElseThrow();
        simulation.runFor(LEASE.multipliedBy(3).minusMillis(200));
        assertTrue(lease.isValid());
        simulation.runFor(Duration.ofMillis(100));
        assertFalse(lease.isValid());
        assertEquals(LeaseEnd.LOST, lease.ended().getNow(null));
        assertEquals(List.of(), record().entries());
    }

    @Test
    void aLeaseMayBeHeldForLessThanItsDuration() {
        AtomicReference<CompletableFuture<Optional<Lease>>> future = new AtomicReference<>();
        onLoop(node -> future.set(new LeaseRegister(node, "lock", "l", 1, LEASE)
                .heldAtMost(Duration.ofSeconds(1))
                .acquire(LEASE.toNanos())));
        Lease lease = future.get().getNow(Optional.empty()).orElseThrow();
        simulation.runFor(Duration.ofMillis(800));
        assertTrue(lease.isValid());
        simulation.runFor(Duration.ofMillis(200));
        assertEquals(LeaseEnd.LOST, lease.ended().getNow(null));
        assertEquals(List.of(), record().entries());
    }

    @Test
    void aPausedHolderIsTooLateWhenItWakes() {
        Lease lease = acquire().getNow(Optional.empty()).orElseThrow();
        simulation.node("a").pause();
        simulation.runFor(LEASE.plusSeconds(1));
        assertFalse(lease.isValid());
        simulation.node("a").resume();
        simulation.runFor(Duration.ofMillis(1));
        assertEquals(LeaseEnd.LOST, lease.ended().getNow(null));
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals(List.of(), record().entries());
    }
}
