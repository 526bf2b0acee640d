package io.coterie.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.FencingGuard;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Misuse of coordination is refused, with a text that says why. */
class CoordinationMisuseTest {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final LeadershipListener DEAF = new LeadershipListener() {
        @Override
        public void elected(Lease lease) {}

        @Override
        public void deposed() {}
    };
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Coordination jobs() {
        return cluster.node("a").coordination("jobs");
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    @Test
    void namesThatWouldBecomeOneAreRefused() {
        String half = "\uD83D";
        String why = "half of a surrogate pair";
        assertSays(IllegalArgumentException.class, why, () -> jobs().lock(half, LEASE));
        assertSays(IllegalArgumentException.class, why, () -> jobs().election(half, LEASE));
        assertSays(IllegalArgumentException.class, why, () -> jobs().semaphore(half, 2, LEASE));
        assertSays(IllegalArgumentException.class, why, () -> jobs().latch(half, 1));
        assertSays(
                IllegalArgumentException.class,
                why,
                () -> jobs().latch("of texts", 2).countDown(half));
    }

    @Test
    void nullsAreRefused() {
        Coordination jobs = jobs();
        assertSays(
                NullPointerException.class,
                "store must not be null",
                () -> cluster.node("a").coordination(null));
        assertSays(NullPointerException.class, "lock's name must not be null", () -> jobs.lock(null, LEASE));
        assertSays(NullPointerException.class, "lease must not be null", () -> jobs.lock("l", null));
        assertSays(NullPointerException.class, "election's name must not be null", () -> jobs.election(null, LEASE));
        assertSays(NullPointerException.class, "semaphore's name", () -> jobs.semaphore(null, 1, LEASE));
        assertSays(NullPointerException.class, "latch's name must not be null", () -> jobs.latch(null, 1));
        assertSays(
                NullPointerException.class,
                "wait must not be null",
                () -> jobs.lock("l", LEASE).tryAcquire(null));
        assertSays(
                NullPointerException.class,
                "participant's name",
                () -> jobs.latch("n", 1).countDown(null));
        assertSays(
                NullPointerException.class,
                "listener must not be null",
                () -> jobs.election("e", LEASE).campaign(null));
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        Coordination jobs = jobs();
        assertSays(
                IllegalArgumentException.class,
                "a lease of -1 s is not within 100 ms to 1 d",
                () -> jobs.lock("l", Duration.ofSeconds(-1)));
        assertSays(IllegalArgumentException.class, "is not within", () -> jobs.election("e", Duration.ZERO));
        assertSays(IllegalArgumentException.class, "is not within", () -> jobs.lock("l", Duration.ofDays(2)));
        assertSays(
                IllegalArgumentException.class,
                "permits 0 are not within 1 to 100",
                () -> jobs.semaphore("s", 0, LEASE));
        assertSays(IllegalArgumentException.class, "permits 101", () -> jobs.semaphore("s", 101, LEASE));
        assertSays(IllegalArgumentException.class, "count 0 is not within 1 to 1000", () -> jobs.latch("n", 0));
        assertSays(IllegalArgumentException.class, "0 characters, not 1 to 200", () -> jobs.lock("", LEASE));
        assertSays(IllegalArgumentException.class, "201 characters", () -> jobs.latch("x".repeat(201), 1));
        assertSays(
                IllegalArgumentException.class,
                "0 characters",
                () -> jobs.latch("n", 1).countDown(""));
        assertSays(
                IllegalArgumentException.class,
                "wait -1 s is below 0 s",
                () -> jobs.lock("l", LEASE).tryAcquire(Duration.ofSeconds(-1)));
        assertSays(IllegalArgumentException.class, "token 0", () -> new FencingGuard().admit(0));
        assertSays(IllegalArgumentException.class, "highest token -1", () -> new FencingGuard(-1));
    }

    @Test
    void badArgumentsOfAnAsynchronousCallFailItsFuture() {
        AsyncLock lock = jobs().lock("l", LEASE).async();
        AsyncLatch latch = jobs().latch("n", 1).async();
        assertSays(
                CompletionException.class,
                "wait must not be null",
                () -> lock.tryAcquire(null).join());
        assertSays(
                CompletionException.class,
                "wait -1 s is below 0 s",
                () -> latch.await(Duration.ofSeconds(-1)).join());
        assertSays(
                CompletionException.class,
                "participant's name",
                () -> latch.countDown(null).join());
    }

    @Test
    void aGuardRefusesTokensBelowTheHighest() {
        FencingGuard guard = new FencingGuard(3);
        assertFalse(guard.admit(2));
        assertTrue(guard.admit(3));
        assertTrue(guard.admit(7));
        assertTrue(guard.admit(7));
        assertFalse(guard.admit(6));
        assertEquals(7, guard.highest());
    }

    @Test
    void theLongestWaitIsNotAnOverflow() {
        Lock lock = jobs().lock("patient", LEASE);
        lock.tryAcquire(Duration.ofSeconds(Long.MAX_VALUE))
                .orElseThrow()
                .release()
                .join();
    }

    @Test
    void blockingOnTheLoopIsRefused() {
        Lock lock = jobs().lock("loop", LEASE);
        Latch latch = jobs().latch("loop", 1);
        CompletableFuture<Optional<Lease>> nested =
                latch.async().await(WAIT).thenApply(open -> lock.tryAcquire(Duration.ZERO));
        latch.countDown("x");
        CompletionException thrown = assertThrows(CompletionException.class, nested::join);
        assertInstanceOf(IllegalStateException.class, thrown.getCause());
        assertSays(IllegalStateException.class, "on the event loop", () -> {
            throw thrown.getCause();
        });
        assertEquals(Optional.empty(), lock.holder());
    }

    @Test
    void aClosedNodeRefusesEverything() {
        Coterie gone = cluster.builder("gone").start();
        Coordination jobs = gone.coordination("jobs");
        Lock lock = jobs.lock("closed", LEASE);
        LeaderElection election = jobs.election("closed", LEASE);
        Candidacy candidacy = election.campaign(DEAF);
        CompletableFuture<Boolean> waiting = jobs.latch("closed", 1).async().await(WAIT);
        gone.close();
        assertThrows(NodeClosedException.class, () -> lock.tryAcquire(WAIT));
        assertThrows(NodeClosedException.class, () -> jobs.latch("closed", 1).countDown("x"));
        assertThrows(NodeClosedException.class, () -> election.campaign(DEAF));
        assertThrows(NodeClosedException.class, () -> gone.coordination("other"));
        assertThrows(CompletionException.class, waiting::join);
        candidacy.close();
    }

    @Test
    void moreThanMaxOperationsAtATimeAreRefused() {
        try (Coterie small = cluster.builder("small").maxOperations(2).start()) {
            Latch latch = small.coordination("jobs").latch("never", 1);
            CompletableFuture<Boolean> one = latch.async().await(WAIT);
            CompletableFuture<Boolean> two = latch.async().await(WAIT);
            assertThrows(OverloadedException.class, () -> latch.await(WAIT));
            one.cancel(false);
            assertFalse(latch.await(Duration.ZERO));
            two.cancel(false);
        }
    }

    @Test
    void aStoreUsedForSomethingElseIsRefused() {
        Coterie a = cluster.node("a");
        a.store("mixed", Codec.utf8(), Codec.utf8(), Consistency.strong()).put("lock/l", "something else");
        assertSays(
                IllegalStateException.class,
                "lock \"l\" found a value of 14 bytes that it did not write",
                () -> a.coordination("mixed").lock("l", LEASE).tryAcquire(WAIT));
        a.store("loose", Codec.utf8(), Codec.utf8(), Consistency.eventual()).awaitReady(WAIT);
        assertThrows(PolicyMismatchException.class, () -> a.coordination("loose"));
        Lock refused = cluster.node("b").coordination("loose").lock("l", LEASE);
        assertThrows(PolicyMismatchException.class, () -> refused.tryAcquire(WAIT));
    }
}
