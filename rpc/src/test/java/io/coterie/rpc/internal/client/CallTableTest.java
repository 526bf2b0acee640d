package io.coterie.rpc.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallTableTest {
    /** Near the end of what a long counts, as a clock may be: only differences mean something. */
    private static final long START = Long.sum(Long.MAX_VALUE, -1000);

    private static final List<CalledPeer> PEERS = List.of(peer("b"), peer("c"));

    private final CallTable table = new CallTable();
    private final Map<Long, Entry> twin = new HashMap<>();

    private record Entry(PendingCall call, long due) {}

    @Test
    void holdsWhatAHashMapHolds() {
        for (int seed = 0; seed < 20; seed++) {
            runAgainstTwin(new Random(seed), "seed " + seed);
        }
    }

    private void runAgainstTwin(Random random, String what) {
        long first = random.nextInt(4) == 0 ? Long.MAX_VALUE - 500 : random.nextLong();
        long next = first;
        long oldest = first;
        long now = START;
        for (int step = 0; step < 5000; step++) {
            String where = what + ", step " + step;
            // More come than go, then more go than come, so that it grows and shrinks.
            boolean grows = step / 1000 % 2 == 0;
            int kind = random.nextInt(20);
            if (kind < (grows ? 12 : 3)) {
                put(next++, now + random.nextInt(3000), random);
            } else if (kind < (grows ? 15 : 13)) {
                checkRemoved(oldest++, where);
            } else if (kind < 19) {
                checkRemoved(first + random.nextInt((int) (next - first) + 1), where);
            } else {
                now += random.nextInt(200);
                checkOverdue(now, where);
            }
            long any = first + random.nextInt((int) (next - first) + 1);
            Entry expected = twin.get(any);
            assertSame(expected == null ? null : expected.call(), table.get(any), where);
            assertEquals(twin.isEmpty(), table.isEmpty(), where);
        }
        checkAll(what);
        for (long left : table.to(null)) {
            checkRemoved(left, what);
        }
        assertTrue(table.isEmpty(), what);
    }

    private void put(long correlation, long due, Random random) {
        Entry entry = new Entry(new Call(PEERS.get(random.nextInt(2))), due);
        twin.put(correlation, entry);
        table.put(correlation, entry.call(), due);
    }

    private void checkRemoved(long correlation, String where) {
        Entry expected = twin.remove(correlation);
        assertSame(expected == null ? null : expected.call(), table.remove(correlation), where);
    }

    /**
     * Those due first come first, and those due at once in the order of their numbers; the caller
     * takes them out.
     */
    private void checkOverdue(long now, String where) {
        List<Long> expected = twin.entrySet().stream()
                .filter(entry -> entry.getValue().due() - now <= 0)
                .sorted(Comparator.<Map.Entry<Long, Entry>>comparingLong(
                                entry -> entry.getValue().due() - now)
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(expected, table.dueBy(now), where);
        expected.forEach(correlation -> checkRemoved(correlation, where));
        checkAll(where);
    }

    private void checkAll(String where) {
        assertEquals(twin.keySet().stream().sorted().toList(), table.to(null), where);
        for (CalledPeer peer : PEERS) {
            List<Long> expected = twin.entrySet().stream()
                    .filter(entry -> entry.getValue().call().peer() == peer)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            assertEquals(expected, table.to(peer), where);
        }
    }

    @Test
    void looksAgainWhenTheFirstIsDue() {
        table.put(1, new Call(PEERS.get(0)), START + 9_000_000);
        table.put(2, new Call(PEERS.get(0)), START + 5_000_000);

        assertEquals(START + 5_000_000, table.nextLook(START));
    }

    @Test
    void looksThroughALargeTableOnlyOnceInAWhileAndThroughASmallOneAgainSoon() {
        List<Long> numbers = new ArrayList<>();
        for (long i = 0; i < 10_000; i++) {
            numbers.add(i);
            table.put(i, new Call(PEERS.get(0)), START);
        }
        // 32,768 slots, 16 for each microsecond that passes before the next look.
        assertEquals(START + 2_048_000, table.nextLook(START));

        numbers.subList(1, numbers.size()).forEach(table::remove);
        assertEquals(List.of(0L), table.dueBy(START));

        assertEquals(START + 4_000, table.nextLook(START), "released but for 64 slots");
        assertNotNull(table.remove(0));
        assertNull(table.remove(0));
    }

    /**
     * With numbers that follow each other side by side, each removal would look through all that
     * come behind: some 10^11 steps here, which take minutes; scattered, the same takes a fraction
     * of a second.
     */
    @Test
    void aCallThatEndsIsTakenOutWithoutALookAtAllOthers() {
        int calls = 1_000_000;
        PendingCall call = new Call(PEERS.get(0));

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (long i = 0; i < calls; i++) {
                table.put(START + i, call, START);
            }
            for (long i = 0; i < calls && !Thread.currentThread().isInterrupted(); i++) {
                assertSame(call, table.remove(START + i));
            }
        });
        assertTrue(table.isEmpty());
        assertFalse(table.to(null).iterator().hasNext());
    }

    private static CalledPeer peer(String name) {
        return new CalledPeer(NodeId.of(name), RetryBudget.standard(), 0);
    }

    /**
     * One of its own each time: records are equal where their parts are, but this is compared by
     * identity.
     */
    private record Call(CalledPeer peer) implements PendingCall {
        @Override
        public String method() {
            return "m";
        }

        @Override
        public long timeoutNanos() {
            return 1;
        }

        @Override
        public void onAnswer(ByteBuffer payload) {
            throw new AssertionError("a table ends no call");
        }

        @Override
        public void onNoAnswer(RpcException failure) {
            throw new AssertionError("a table ends no call", failure);
        }

        @Override
        public void onSession(long session) {
            throw new AssertionError("a table ends no call");
        }
    }
}
