package io.coterie.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.WaitInterruptedException;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.coordination.FencingGuard;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseEnd;
import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.rpc.error.CoterieException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Locks, elections, semaphores and latches as callers on real nodes see them. */
class CoordinationTest {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Coordination at(String node) {
        return cluster.node(node).coordination("jobs");
    }

    @Test
    void aLockHasOneHolderAtATimeAndRisingTokens() throws Exception {
        FencingGuard guard = new FencingGuard();
        AtomicInteger inside = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        for (String node : List.of("a", "b", "c")) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < 5; i++) {
                        try (Lease lease =
                                at(node).lock("shared", LEASE).tryAcquire(WAIT).orElseThrow()) {
                            assertEquals(1, inside.incrementAndGet());
                            assertTrue(lease.isValid());
                            assertTrue(guard.admit(lease.token()));
                            inside.decrementAndGet();
                        }
                    }
                } catch (Throwable e) {
                    synchronized (thrown) {
                        thrown.add(e);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), thrown);
        assertTrue(guard.highest() >= 15);
    }

    @Test
    void aLockThatIsHeldIsNotGivenToOthersUntilReleased() {
        Lock atA = at("a").lock("held", LEASE);
        Lock atB = at("b").lock("held", LEASE);
        Lease lease = atA.tryAcquire(Duration.ZERO).orElseThrow();
        assertEquals(Optional.empty(), atB.tryAcquire(Duration.ofMillis(50)));
        assertEquals(Optional.empty(), atA.tryAcquire(Duration.ZERO), "not reentrant");
        assertEquals(Optional.of(new LeaseHolder("a", lease.token())), atB.holder());

        lease.release().join();
        lease.release().join();
        lease.close();
        assertFalse(lease.isValid());
        assertEquals(Duration.ZERO, lease.remaining());
        assertEquals(LeaseEnd.RELEASED, lease.ended().join());
        assertEquals(Optional.empty(), atB.holder());
        Lease next = atB.tryAcquire(Duration.ZERO).orElseThrow();
        assertTrue(next.token() > lease.token());
        next.release().join();
    }

    @Test
    void aLeaseIsRenewedPastItsDuration() {
        Lease lease = at("a").lock("renewed", SHORT).tryAcquire(WAIT).orElseThrow();
        Await.pass(SHORT.multipliedBy(2));
        assertTrue(lease.isValid());
        assertFalse(lease.ended().isDone());
        lease.release().join();
    }

    @Test
    void aWaiterGetsTheLockOnceItIsReleased() {
        Lease lease = at("a").lock("waited", LEASE).tryAcquire(WAIT).orElseThrow();
        CompletableFuture<Optional<Lease>> waiting =
                at("b").lock("waited", LEASE).async().tryAcquire(WAIT);
        lease.release().join();
        assertTrue(waiting.join().orElseThrow().isValid());
        waiting.join().orElseThrow().release().join();
    }

    @Test
    void aWaiterThatGivesUpLeavesNothingBehind() throws Exception {
        Lock lock = at("a").lock("given up", LEASE);
        Lease lease = lock.tryAcquire(WAIT).orElseThrow();
        CompletableFuture<Optional<Lease>> cancelled = lock.async().tryAcquire(WAIT);
        cancelled.cancel(false);
        BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
        Thread waiting = new Thread(() -> {
            try {
                lock.tryAcquire(WAIT);
            } catch (CoterieException e) {
                thrown.add(e);
            }
        });
        waiting.start();
        waiting.interrupt();
        assertTrue(thrown.poll(60, TimeUnit.SECONDS) instanceof WaitInterruptedException);
        lease.release().join();
        assertEquals(Optional.empty(), lock.holder());
        lock.tryAcquire(Duration.ZERO).orElseThrow().release().join();
    }

    @Test
    void aNodeThatClosesReleasesItsLeases() {
        Coterie leaving = cluster.builder("leaving").start();
        Lock lock = leaving.coordination("jobs").lock("left", Duration.ofHours(1));
        Lease lease = lock.tryAcquire(WAIT).orElseThrow();
        leaving.close();
        assertFalse(lease.isValid());
        assertEquals(LeaseEnd.RELEASED, lease.ended().join());
        lease.close();
        at("a").lock("left", LEASE).tryAcquire(WAIT).orElseThrow().release().join();
        assertTrue(lock.async().tryAcquire(WAIT).isCompletedExceptionally());
    }

    @Test
    void aHolderWithoutAMajorityLosesItsLeaseAndIsNotified() {
        try (LocalCluster own = LocalCluster.inMemory().startAll()) {
            Lease lease = own.node("a")
                    .coordination("jobs")
                    .lock("lonely", SHORT)
                    .tryAcquire(WAIT)
                    .orElseThrow();
            own.close("b", "c");
            assertEquals(
                    LeaseEnd.LOST, lease.ended().orTimeout(60, TimeUnit.SECONDS).join());
            assertFalse(lease.isValid());
            assertFalse(lease.release().isDone(), "nobody can know that it was released");
        }
    }

    @Test
    void anElectionHasOneLeaderAndNotifiesIt() throws Exception {
        BlockingQueue<String> reported = new LinkedBlockingQueue<>();
        LeaderElection atA = at("a").election("chief", LEASE);
        Candidacy a = atA.campaign(notifying("a", reported));
        assertEquals("a elected", reported.poll(60, TimeUnit.SECONDS));
        Candidacy b = at("b").election("chief", LEASE).campaign(notifying("b", reported));
        assertEquals(
                "a", at("c").election("chief", LEASE).leader().orElseThrow().node());

        a.close();
        a.close();
        assertEquals("a deposed", reported.poll(60, TimeUnit.SECONDS));
        assertEquals("b elected", reported.poll(60, TimeUnit.SECONDS));
        assertEquals("b", atA.leader().orElseThrow().node());
        b.close();
        assertEquals("b deposed", reported.poll(60, TimeUnit.SECONDS));
        assertTrue(reported.isEmpty());
    }

    @Test
    void aSemaphoreGivesAsManyPermitsAsItHas() {
        Semaphore atA = at("a").semaphore("pool", 2, LEASE);
        Semaphore atB = at("b").semaphore("pool", 2, LEASE);
        Lease one = atA.tryAcquire(WAIT).orElseThrow();
        Lease two = atB.tryAcquire(WAIT).orElseThrow();
        assertEquals(Optional.empty(), atB.tryAcquire(Duration.ofMillis(50)));
        assertEquals(2, atA.holders().size());
        one.release().join();
        Lease three = atB.tryAcquire(WAIT).orElseThrow();
        assertTrue(three.token() > two.token() && two.token() > one.token());
        two.release().join();
        three.release().join();

        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> at("c").semaphore("pool", 3, LEASE).tryAcquire(WAIT));
        assertTrue(thrown.getMessage().contains("semaphore \"pool\" was made with 2 permits, not 3"));
    }

    @Test
    void aLatchOpensWhenEachParticipantHasCountedDown() {
        Latch atA = at("a").latch("ready", 2);
        Latch atB = at("b").latch("ready", 2);
        assertEquals(2, atA.remaining());
        assertEquals(1, atA.countDown("x"));
        assertEquals(1, atB.countDown("x"), "counts once");
        assertFalse(atB.await(Duration.ofMillis(20)));
        CompletableFuture<Boolean> open = atB.async().await(WAIT);
        assertEquals(0, atA.countDown("y"));
        assertTrue(open.join());
        assertTrue(atA.await(Duration.ZERO));
        assertEquals(0, atA.countDown("z"));
        assertThrows(
                IllegalStateException.class, () -> at("c").latch("ready", 3).remaining());

        atA.delete();
        assertEquals(2, atB.remaining());
        assertEquals(1, atB.countDown("x"));
    }

    private static LeadershipListener notifying(String name, BlockingQueue<String> reported) {
        return new LeadershipListener() {
            @Override
            public void elected(Lease lease) {
                reported.add(name + " elected");
            }

            @Override
            public void deposed() {
                reported.add(name + " deposed");
            }
        };
    }
}
