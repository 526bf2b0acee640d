package io.coterie.consistency.internal.coordination.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.cluster.SteadyClocks;
import io.coterie.consistency.internal.coordination.lease.LeaseRegister;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Records that nobody holds go, however many there are. */
class ManyLeftoversTest {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofHours(1);

    /** Half of them in each of two stores. */
    private static final int DEAD = 50_000;

    /** In each store, of holders that are alive. */
    private static final int LIVE = 20;

    private static final int BRIEF = 24_000;
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Simulation simulation = Simulation.create(1);
    private final List<CoordinationCluster.Member> members = new ArrayList<>();

    private CoordinationCluster start(Duration sweptEvery) {
        SteadyClocks clocks = new SteadyClocks(0.01, Duration.ZERO);
        CoordinationCluster.Times times = new CoordinationCluster.Times(QUIET, sweptEvery);
        CoordinationCluster cluster =
                new CoordinationCluster(simulation, 3, 1, new LeaseRules(), clocks, times, members::add);
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> members.size() == 4, LIMIT));
        members.removeIf(member -> member.name().startsWith("r"));
        return cluster;
    }

    /** Of holders at a node that is no more. */
    private void leaveDead(CoordinationCluster.Member at, int count) {
        AtomicInteger written = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            byte[] key = String.format("lock/dead-%05d", i).getBytes(StandardCharsets.UTF_8);
            LeaseEntry entry = new LeaseEntry(new OwnerId(7, i), i + 1, 1, LEASE.toNanos(), "gone");
            byte[] state = new LeaseRecord(1, i + 1, 0, true, new OwnerId(7, i), List.of(entry), List.of()).encode();
            simulation.after(
                    Duration.ofNanos(100_000L * i),
                    () -> at.start()
                            .node()
                            .execute(() -> at.store()
                                    .execute(key, new Operation.Put(state), deadline(at), new Completion() {
                                        @Override
                                        public void complete(Result result) {
                                            written.incrementAndGet();
                                        }

                                        @Override
                                        public void fail(Throwable error) {
                                            throw new AssertionError(error);
                                        }
                                    })));
        }
        assertTrue(simulation.runUntil(() -> written.get() == count, LIMIT));
    }

    private void hold(CoordinationCluster.Member at) {
        List<Lease> held = new ArrayList<>();
        at.start().node().execute(() -> {
            for (int i = 0; i < LIVE; i++) {
                var unused = new LeaseRegister(at.coordinator(), "lock", "alive-" + i, 1, LEASE)
                        .acquire(LIMIT.toNanos())
                        .thenAccept(lease -> held.add(lease.orElseThrow()));
            }
        });
        assertTrue(simulation.runUntil(() -> held.size() == LIVE, LIMIT));
    }

    private static long deadline(CoordinationCluster.Member at) {
        return at.world().clock().nanos() + Duration.ofMinutes(1).toNanos();
    }

    private int recordsIn(CoordinationCluster.Member at) {
        AtomicInteger records = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        byte[] all = {};
        at.start().node().execute(() -> count(at, new KeyRange(all, all), records, ended));
        assertTrue(simulation.runUntil(() -> ended.get() == 1, LIMIT));
        return records.get();
    }

    private static void count(
            CoordinationCluster.Member at, KeyRange range, AtomicInteger records, AtomicInteger ended) {
        at.store().scan(range, 1_000, deadline(at), new ScanCompletion() {
            @Override
            public void complete(ScannedPage page) {
                records.addAndGet(page.entries().size());
                KeyRange next = page.next();
                if (next == null) {
                    ended.incrementAndGet();
                } else {
                    count(at, next, records, ended);
                }
            }

            @Override
            public void fail(Throwable error) {
                throw new AssertionError(error);
            }
        });
    }

    @Test
    void whatManyDeadHoldersLeftInTwoStoresGoes() {
        CoordinationCluster cluster = start(Duration.ofMinutes(10));
        CoordinationCluster.Member first = members.get(0);
        first.start().node().execute(() -> cluster.openOneMore(first, "more", members::add));
        assertTrue(simulation.runUntil(() -> members.size() == 2, LIMIT));
        members.forEach(store -> leaveDead(store, DEAD / members.size()));
        members.forEach(this::hold);
        simulation.runFor(LIMIT);
        for (CoordinationCluster.Member store : members) {
            assertEquals(LIVE + 1, recordsIn(store), "records, of the living and the floor");
        }
    }

    @Test
    void moreLocksThanThereIsRoomForGoBeforeTheirTime() {
        start(Duration.ofDays(1));
        CoordinationCluster.Member at = members.get(0);
        AtomicInteger used = new AtomicInteger();
        long apart = QUIET.dividedBy(BRIEF).toNanos();
        for (int i = 0; i < BRIEF; i++) {
            String name = "order-" + i;
            simulation.after(
                    Duration.ofNanos(apart * i),
                    () -> at.start().node().execute(() -> {
                        var unused = new LeaseRegister(at.coordinator(), "lock", name, 1, LEASE)
                                .acquire(LIMIT.toNanos())
                                .thenCompose(lease -> lease.orElseThrow().release())
                                .thenRun(used::incrementAndGet);
                    }));
        }
        assertTrue(simulation.runUntil(() -> used.get() == BRIEF, LIMIT));
        assertTrue(recordsIn(at) < BRIEF - 2_000, "none went before its time");
        simulation.runFor(QUIET.multipliedBy(2));
        assertEquals(1, recordsIn(at), "records, the floor among them");
    }
}
