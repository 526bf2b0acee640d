package io.coterie.replication.internal.watch;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.budget.NodeWatches;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The memory that watches which do not ask take at a replica. */
class ReplicaWatchesTest {
    private static final NodeId SLOW = NodeId.of("slow");
    private static final NodeId BRISK = NodeId.of("brisk");
    private static final int PAYLOAD_BYTES = 2 << 20;

    /** All events share it, so that the test itself needs little memory. */
    private static final byte[] MEBIBYTE = new byte[1 << 20];

    private final Simulation simulation = Simulation.create(1);
    private final AtomicReference<LoopShares> shares = new AtomicReference<>();
    private final AtomicReference<ReplicaWatches> watchers = new AtomicReference<>();
    private long accepted;

    ReplicaWatchesTest() {
        simulation
                .node("a", start -> {
                    shares.set(new LoopShares(NodeId.of("a"), start.world()));
                    watchers.set(new ReplicaWatches(start.world(), shares.get()));
                })
                .start();
    }

    private void onLoop(Runnable task) {
        simulation.node("a").execute(task);
        simulation.runFor(Duration.ofNanos(1));
    }

    /**
     * One watch of a node, which sees each answer at once and asks again when the test wants it.
     */
    private final class Watch implements Responder<WatchAnswer> {
        private final NodeId node;
        private final byte[] key;
        private final long name;
        private long start;
        private long seen;
        private int answers;
        private boolean missed;
        private @Nullable Throwable refusal;

        Watch(NodeId node, int key, long name) {
            this(node, new byte[] {(byte) key}, name);
        }

        Watch(NodeId node, byte[] key, long name) {
            this.node = node;
            this.key = key;
            this.name = name;
            ask();
        }

        void ask() {
            WatchRequest request = new WatchRequest(1, key, true, name, start, seen);
            onLoop(() -> watchers.get().poll(node, request, PAYLOAD_BYTES, this));
        }

        @Override
        public void reply(WatchAnswer answer) {
            answers++;
            missed |= answers > 1 && (answer.start() != start || answer.first() > seen + 1);
            start = answer.start();
            seen = answer.first() + answer.events().size() - 1;
        }

        @Override
        public void fail(Throwable error) {
            refusal = error;
        }

        void end() {
            WatchRequest end = WatchRequest.end(1, key, true, name);
            onLoop(() -> watchers.get().poll(node, end, PAYLOAD_BYTES, this));
        }

        /** Asks until there is nothing more, and returns whether anything was missed. */
        boolean hasMissed() {
            int before;
            do {
                before = answers;
                ask();
            } while (answers > before);
            return missed;
        }
    }

    private List<Watch> watches(NodeId node, int count, int key) {
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            watches.add(new Watch(node, key, i));
        }
        return watches;
    }

    private void accept(int key, byte[] state) {
        onLoop(() -> acceptNow(key, state));
    }

    private void acceptNow(int key, byte[] state) {
        ScannedKey event = new ScannedKey(new byte[] {(byte) key}, new Ballot(++accepted, 1), state);
        watchers.get().accepted(new RecordKey(1, event.key()), event);
    }

    /** Nearly as much as one watch may have. */
    private void acceptMuch(int key) {
        for (int i = 0; i < 3; i++) {
            accept(key, MEBIBYTE);
        }
    }

    private static long missed(List<Watch> watches) {
        return watches.stream().filter(Watch::hasMissed).count();
    }

    @Test
    void whatFitsIsReported() {
        List<Watch> slow = watches(SLOW, 20, 1);
        acceptMuch(1);
        assertEquals(0, missed(slow));
    }

    @Test
    void thoseWithTheMostAreNotifiedThatTheyMissedSomething() {
        Watch brisk = new Watch(BRISK, 2, 0);
        List<Watch> slow = watches(SLOW, 30, 1);
        for (int i = 0; i < 10; i++) {
            accept(2, new byte[10]);
        }
        acceptMuch(1);
        assertFalse(brisk.hasMissed(), "it keeps up");
        long missed = missed(slow);
        assertTrue(missed >= 9, () -> "30 watches with 3 MiB each cannot all have kept them: " + missed);
        assertTrue(missed <= 20, () -> "more were dropped than had to be: " + missed);
    }

    @Test
    void aWatchIsNotifiedAtOnceThatItMissedSomething() {
        Watch first = new Watch(SLOW, 1, 0);
        acceptMuch(1);
        accept(1, MEBIBYTE.clone());
        List<Watch> others = watches(BRISK, 21, 2);
        acceptMuch(2);
        int before = first.answers;
        first.ask();
        assertEquals(before + 1, first.answers);
        assertTrue(first.missed, "it had the most");
        assertTrue(missed(others) < others.size());
    }

    @Test
    void aWatchThatIsForgottenLeavesItsRoomToOthers() {
        watches(SLOW, 20, 1);
        acceptMuch(1);
        simulation.runFor(Duration.ofSeconds(40));
        List<Watch> others = watches(BRISK, 20, 2);
        acceptMuch(2);
        assertEquals(0, missed(others));
    }

    @Test
    void aWatchThatWasEndedMakesRoomForAnotherAtOnce() {
        List<Watch> watches = watches(SLOW, NodeWatches.MAX_WATCHES, 1);
        Watch refused = new Watch(SLOW, 1, NodeWatches.MAX_WATCHES);
        assertTrue(String.valueOf(refused.refusal).contains("has 1024 watches at this replica"));
        assertNull(new Watch(BRISK, 1, 0).refusal);

        watches.get(3).end();
        Watch next = new Watch(SLOW, 1, NodeWatches.MAX_WATCHES);

        assertNull(next.refusal);
        assertEquals(1, next.answers);
    }

    @Test
    void whatIsLongerThanAnyKeyIsNotWatched() {
        Watch refused = new Watch(SLOW, new byte[ReplicaWatches.MAX_PREFIX_BYTES + 1], 0);
        assertEquals(RefusalKind.LONG_PREFIX, kindOf(refused.refusal));
        assertTrue(refused.refusal.getMessage().contains("has 4097 bytes, and no key has more than 4096"));

        assertNull(new Watch(SLOW, new byte[ReplicaWatches.MAX_PREFIX_BYTES], 0).refusal);
    }

    @Test
    void theWatchesOfAllNodesTogetherAreBounded() {
        for (int node = 0; node < 32; node++) {
            for (Watch watch : watches(NodeId.of("n" + node), NodeWatches.MAX_WATCHES, 1)) {
                assertNull(watch.refusal);
            }
        }

        Watch refused = new Watch(BRISK, 1, 0);
        assertEquals(RefusalKind.TOO_MANY_WATCHES, kindOf(refused.refusal));
        assertTrue(refused.refusal.getMessage().contains("all nodes together have 32768 watches"));

        simulation.runFor(Duration.ofSeconds(40));
        assertNull(new Watch(BRISK, 1, 1).refusal, "those that ask no more are forgotten");
    }

    @Test
    void theBytesThatAllWatchesBeginWithAreBounded() {
        byte[] longest = new byte[ReplicaWatches.MAX_PREFIX_BYTES];
        for (int node = 0; node < 8; node++) {
            for (int i = 0; i < NodeWatches.MAX_WATCHES; i++) {
                assertNull(new Watch(NodeId.of("n" + node), longest, i).refusal);
            }
        }

        Watch refused = new Watch(BRISK, 1, 0);
        assertEquals(RefusalKind.TOO_MANY_WATCHES, kindOf(refused.refusal));
        assertTrue(refused.refusal.getMessage().contains("with 33554432 bytes of keys and prefixes"));

        WatchRequest end = WatchRequest.end(1, longest, true, 5);
        onLoop(() -> watchers.get().poll(NodeId.of("n3"), end, PAYLOAD_BYTES, refused));
        assertNull(new Watch(BRISK, 1, 1).refusal);
    }

    @Test
    void toGoThroughTheWatchesOfANodeIsWorkOfThatNode() {
        watches(SLOW, 1_000, 1);
        Watch brisk = new Watch(BRISK, 2, 0);
        brisk.ask();
        onLoop(() -> {
            for (int i = 0; i < 20; i++) {
                acceptNow(2, new byte[10]);
            }
            assertFalse(shares.get().begins(SLOW), "its share is used up");
            assertEquals(2, brisk.answers, "a node with few watches is answered at once");
            assertTrue(shares.get().begins(BRISK));
        });
    }

    @Test
    void everyEventIsDeliveredOrReportedAsMissed() {
        List<Watch> slow = watches(SLOW, 1_000, 1);
        Watch brisk = new Watch(BRISK, 2, 0);
        onLoop(() -> {
            for (int i = 0; i < 20; i++) {
                acceptNow(1, new byte[10]);
            }
        });
        assertEquals(0, missed(slow), "it has its turns");
        assertEquals(20, slow.get(0).seen);

        onLoop(() -> {
            for (int i = 0; i < 500; i++) {
                acceptNow(2, new byte[4 << 10]);
            }
        });
        assertEquals(1_000, missed(slow), "what waited was dropped");
        assertFalse(brisk.hasMissed());
        assertEquals(500, brisk.seen);

        slow.forEach(watch -> watch.missed = false);
        List<Long> seen = slow.stream().map(watch -> watch.seen).toList();
        accept(1, new byte[10]);
        assertEquals(0, missed(slow), "and it continues");
        assertEquals(
                seen.stream().map(before -> before + 1).toList(),
                slow.stream().map(watch -> watch.seen).toList());
    }

    @Test
    void eventsArriveAfterALostConnection() {
        List<Watch> slow = watches(SLOW, 1_000, 1);
        onLoop(() -> {
            for (int i = 0; i < 20; i++) {
                acceptNow(1, new byte[10]);
            }
            shares.get().onDisconnected(SLOW, "gone for a moment");
        });
        assertEquals(0, missed(slow));
        assertTrue(slow.stream().allMatch(watch -> watch.seen == 20));
    }

    @Test
    void aNodeThatFloodsItsWatchesIsAnsweredInSmallParts() {
        List<Watch> slow = watches(SLOW, 5, 1);
        for (int i = 0; i < 200; i++) {
            accept(1, new byte[1 << 10]);
        }
        onLoop(() -> {
            for (Watch watch : slow) {
                watchers.get().poll(SLOW, new WatchRequest(1, watch.key, true, watch.name, 0, 0), PAYLOAD_BYTES, watch);
            }
            assertTrue(slow.get(0).seen >= 150, () -> "the first has its share: " + slow.get(0).seen);
            assertTrue(slow.get(4).seen <= 20, () -> "nothing is left for the last: " + slow.get(4).seen);
            assertTrue(slow.get(4).seen >= 5, () -> "which gets a little: " + slow.get(4).seen);
        });
    }
}
