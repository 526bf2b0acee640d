package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.LeaderElection;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Users' code of one kind that never returns, as much of it as may run: other code is called all
 * the same, of that kind, too.
 */
class BlockedCodeTest {
    private static final int RUN_AT_ONCE = 64;

    private static final LocalCluster cluster = LocalCluster.inMemory();

    private volatile CountDownLatch blocked = new CountDownLatch(RUN_AT_ONCE);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        cluster.with(builder -> builder.operationTimeout(Duration.ofSeconds(30)));
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        release.countDown();
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void blockedWatchListenersHoldUpNoUpdateAndNoElection() throws InterruptedException {
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            store().put("watched" + i, "v");
            open.add(store().watch("watched" + i, change -> block()));
        }
        awaitBlocked();

        assertEquals("v", store().update("updated", before -> "v"));
        awaitElected("free of watches");
    }

    @Test
    void blockedFunctionsOfUpdateHoldUpNoWatchAndNoElection() throws InterruptedException {
        List<CompletableFuture<String>> updates = new ArrayList<>();
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            updates.add(store().async().update("blocked" + i, before -> {
                block();
                return "v";
            }));
        }
        awaitBlocked();

        awaitReported("free of updates");
        awaitElected("free of updates");
        release.countDown();
        updates.forEach(CompletableFuture::join);
    }

    @Test
    void blockedLeadershipListenersHoldUpNoUpdateAndNoWatch() throws InterruptedException {
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            campaign("led" + i, this::block);
        }
        awaitBlocked();

        assertEquals("v", store().update("led by nobody", before -> "v"));
        awaitReported("free of elections");
    }

    @Test
    void blockedListenersAndFunctionsHoldUpNoOthersOfTheirKind() throws InterruptedException {
        List<CompletableFuture<String>> updates = new ArrayList<>();
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            campaign("led and blocked" + i, this::block);
        }
        awaitBlocked();
        awaitElected("free of those that block");

        blocked = new CountDownLatch(RUN_AT_ONCE);
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            store().put("watched and blocked" + i, "v");
            open.add(store().watch("watched and blocked" + i, change -> block()));
        }
        awaitBlocked();
        awaitReported("free of those that block");

        blocked = new CountDownLatch(RUN_AT_ONCE);
        for (int i = 0; i < RUN_AT_ONCE; i++) {
            updates.add(store().async().update("updated and blocked" + i, before -> {
                block();
                return "v";
            }));
        }
        awaitBlocked();
        assertEquals("v", store().update("free of those that block", before -> "v"));
        release.countDown();
        updates.forEach(CompletableFuture::join);
    }

    private static Coterie node() {
        return cluster.node("a");
    }

    private static Store<String, String> store() {
        return node().store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private void awaitBlocked() throws InterruptedException {
        if (!blocked.await(120, TimeUnit.SECONDS)) {
            throw new AssertionError(blocked.getCount() + " were never called");
        }
    }

    private void awaitReported(String key) throws InterruptedException {
        CountDownLatch reported = new CountDownLatch(1);
        open.add(store().watch(key, change -> reported.countDown()));
        store().put(key, "v");
        if (!reported.await(120, TimeUnit.SECONDS)) {
            throw new AssertionError("a watch reported nothing");
        }
    }

    private void awaitElected(String name) throws InterruptedException {
        CountDownLatch elected = new CountDownLatch(1);
        campaign(name, elected::countDown);
        if (!elected.await(120, TimeUnit.SECONDS)) {
            throw new AssertionError("a candidate was not notified");
        }
    }

    private void campaign(String name, Runnable onElected) {
        LeaderElection election = node().coordination("co").election(name, Duration.ofSeconds(60));
        open.add(election.campaign(new LeadershipListener() {
            @Override
            public void elected(Lease lease) {
                onElected.run();
            }

            @Override
            public void deposed() {}
        }));
    }

    private void block() {
        blocked.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
