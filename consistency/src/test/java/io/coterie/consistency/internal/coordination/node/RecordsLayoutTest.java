package io.coterie.consistency.internal.coordination.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.coordination.latch.CountLatch;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import io.coterie.consistency.internal.coordination.simulated.RegisterCounter;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The keys and the small records of coordination outlive the version that wrote them, as those of
 * leases and latches do.
 */
class RecordsLayoutTest {
    private final Map<String, String> written = new TreeMap<>();
    private final Simulation simulation = Simulation.create(1);
    private final AtomicReference<Coordinator> coordinator = new AtomicReference<>();

    RecordsLayoutTest() {
        simulation
                .node(
                        "a",
                        start -> coordinator.set(new Coordinator(
                                new Noting(),
                                start.world(),
                                start.executor(),
                                start.node().id(),
                                Duration.ofSeconds(1),
                                new NodeLeases())))
                .start();
    }

    @Test
    void recordsOfLeasesStandUnderTheirKindAndName() {
        onLoop(node -> {
            var unused = new LeaseRegister(node, "lock", "ü", 1, Duration.ofSeconds(10)).acquire(0);
        });
        assertEquals("4d", written.getOrDefault("lock/ü", "none").substring(0, 2));
    }

    @Test
    void recordsOfLatchesStandUnderTheirName() {
        onLoop(node -> {
            var unused = new CountLatch(node, "l", 2).countDown("p");
        });
        assertEquals(Map.of("latch/l", "43" + "00000002" + "00000001" + "00000001" + "70"), written);
    }

    @Test
    void aCounterHasEightBytesUnderItsName() {
        onLoop(node -> {
            var unused = new RegisterCounter(node, "c").compareAndSet(0, 7);
        });
        assertEquals(Map.of("counter/c", "0000000000000007"), written);
    }

    @Test
    void theFloorOfTokensHasTheKeyFloor() {
        onLoop(node -> new Floor(node.cas(), node.operationNanos()).raise(7, done -> {}));
        assertEquals(Map.of("floor", "46" + "0000000000000007"), written);
        onLoop(node -> {
            Floor floor = new Floor(node.cas(), node.operationNanos());
            assertEquals(7, floor.read(bytes("46" + "0000000000000007")));
            assertThrows(IllegalStateException.class, () -> floor.read(bytes("46" + "000000000000000700")));
            assertThrows(IllegalStateException.class, () -> floor.read(bytes("47" + "0000000000000007")));
        });
    }

    @Test
    void aLaterVersionMayAppendToTheRecordOfALease() {
        LeaseRecord lease = new LeaseRecord(2, 7, 9, true, new OwnerId(3, 4), List.of(), List.of(new OwnerId(5, 6)));
        assertEquals(lease, LeaseRecord.decode(Arrays.copyOf(lease.encode(), lease.encode().length + 1), 2, "lock"));
    }

    private void onLoop(Consumer<Coordinator> task) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        simulation.node("a").execute(() -> {
            try {
                task.accept(coordinator.get());
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        simulation.runFor(Duration.ofMillis(100));
        assertNull(thrown.get());
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** A store in which nothing is, and which notes what is first written to each key. */
    private final class Noting implements PolicyStore {
        @Override
        public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
            if (operation instanceof Operation.PutIfAbsent put) {
                written.putIfAbsent(new String(key, UTF_8), HexFormat.of().formatHex(put.value()));
            }
            completion.complete(new Result(true, null));
        }

        @Override
        public void close() {}
    }
}
