package io.coterie.consistency.internal.coordination.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.cluster.SteadyClocks;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Records that nobody holds go, and tokens rise all the same. */
class LeftoversTest {
    private static final int NAMES = 3_000;
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Simulation simulation = Simulation.create(1);
    private final List<CoordinationCluster.Member> members = new ArrayList<>();

    LeftoversTest() {
        SteadyClocks clocks = new SteadyClocks(0.01, Duration.ZERO);
        new CoordinationCluster(simulation, 3, 2, new LeaseRules(), clocks, members::add);
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> members.size() == 5, LIMIT));
        members.removeIf(member -> member.name().startsWith("r"));
    }

    private Lease acquire(int member, String name) {
        CoordinationCluster.Member at = members.get(member);
        CompletableFuture<Optional<Lease>> future = new CompletableFuture<>();
        at.start().node().execute(() -> {
            var unused = new LeaseRegister(at.coordinator(), "lock", name, 1, LEASE)
                    .acquire(LIMIT.toNanos())
                    .thenAccept(future::complete);
        });
        assertTrue(simulation.runUntil(future::isDone, LIMIT));
        return future.join().orElseThrow();
    }

    private void release(int member, Lease lease) {
        AtomicInteger released = new AtomicInteger();
        members.get(member).start().node().execute(() -> {
            var unused = lease.release().thenRun(released::incrementAndGet);
        });
        assertTrue(simulation.runUntil(() -> released.get() == 1, LIMIT));
    }

    private static void use(CoordinationCluster.Member at, String name, AtomicInteger used) {
        var unused = new LeaseRegister(at.coordinator(), "lock", name, 1, LEASE)
                .acquire(LIMIT.toNanos())
                .thenCompose(lease -> lease.orElseThrow().release())
                .thenRun(used::incrementAndGet);
    }

    private List<String> keys() {
        CoordinationCluster.Member at = members.get(1);
        List<String> keys = new ArrayList<>();
        AtomicInteger ended = new AtomicInteger();
        byte[] all = {};
        at.start().node().execute(() -> scan(at, new KeyRange(all, all), keys, ended));
        assertTrue(simulation.runUntil(() -> ended.get() == 1, LIMIT));
        return keys;
    }

    private static void scan(CoordinationCluster.Member at, KeyRange range, List<String> keys, AtomicInteger ended) {
        long deadline = at.world().clock().nanos() + LIMIT.toNanos();
        at.store().scan(range, 1_000, deadline, new ScanCompletion() {
            @Override
            public void complete(ScannedPage page) {
                page.entries().forEach(entry -> keys.add(new String(entry.key(), StandardCharsets.UTF_8)));
                KeyRange next = page.next();
                if (next == null) {
                    ended.incrementAndGet();
                } else {
                    scan(at, next, keys, ended);
                }
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(error);
            }
        });
    }

    @Test
    void locksThatWereUsedOnceLeaveNoRecords() {
        CoordinationCluster.Member at = members.get(0);
        AtomicInteger used = new AtomicInteger();
        for (int i = 0; i < NAMES; i++) {
            String name = "order-" + i;
            simulation.after(Duration.ofMillis(i), () -> at.start().node().execute(() -> use(at, name, used)));
        }
        assertTrue(simulation.runUntil(() -> used.get() == NAMES, LIMIT));
        simulation.runFor(Duration.ofSeconds(2));
        assertEquals(List.of("floor"), keys());
    }

    @Test
    void whatADeadNodeHeldAndWaitedForGoesToo() {
        Lease other = acquire(0, "other");
        for (int i = 0; i < 20; i++) {
            acquire(1, "held-" + i);
        }
        assertEquals(21, keys().size());
        members.get(1).start().node().crash();
        simulation.runFor(Duration.ofSeconds(20));
        members.get(1).start().node().start();
        assertTrue(simulation.runUntil(() -> members.size() == 3, LIMIT));
        members.set(1, members.get(2));
        assertEquals(List.of("floor", "lock/other"), keys());
        release(0, other);
    }

    @Test
    void tokensRiseOverTheEndOfARecord() {
        long last = 0;
        for (int i = 0; i < 10; i++) {
            Lease lease = acquire(i % 2, "again");
            assertTrue(lease.token() > last, lease + " comes after " + last);
            last = lease.token();
            release(i % 2, lease);
            simulation.runFor(Duration.ofSeconds(1));
            assertEquals(List.of("floor"), keys());
        }
    }

    @Test
    void aLockThatIsTakenAgainSoonKeepsItsRecord() {
        for (int i = 1; i <= 10; i++) {
            Lease lease = acquire(0, "hot");
            assertEquals(i, lease.token());
            release(0, lease);
            assertEquals(List.of("lock/hot"), keys());
        }
    }
}
