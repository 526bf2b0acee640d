package io.coterie.rpc.internal.server;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.internal.events.NodeCounters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.plugged.ManualWorld;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplyCacheTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");

    private final ReplyCache cache =
            new ReplyCache(new ManualWorld().world(), 1L << 30, Duration.ofMinutes(5), new NodeCounters());

    @Test
    void aStartKeepsItsSession() {
        Session first = cache.session(A, 1);

        assertSame(first, cache.session(A, 1));
        assertNotSame(first, cache.session(A, 2));
        assertNotSame(first, cache.session(B, 1));
    }

    @Test
    void onePeerDoesNotPushOutTheOthers() {
        Session ofB = cache.session(B, 1);
        for (int start = 0; start < 30_000; start++) {
            assertNotNull(cache.session(A, start));
        }

        assertSame(ofB, cache.session(B, 1));
    }

    @Test
    void ofOnePeerThoseUsedLastAreKept() {
        Session inUse = cache.session(A, 0);
        Session silent = cache.session(A, 1);
        for (int start = 2; start <= 16; start++) {
            assertSame(inUse, cache.session(A, 0));
            assertNotNull(cache.session(A, start));
        }

        assertSame(inUse, cache.session(A, 0));
        assertNotSame(silent, cache.session(A, 1));
    }

    @Test
    void soManySessionsAreKeptInAll() {
        Set<Session> drawn = new HashSet<>();
        for (int caller = 0; caller < 2000; caller++) {
            for (int start = 0; start < 16; start++) {
                drawn.add(cache.session(NodeId.of("caller-" + caller), start));
            }
        }
        int kept = 0;
        for (int caller = 0; caller < 2000; caller++) {
            // The last of each: looking for others would draw them, and push out what is to be
            // counted.
            kept += drawn.contains(cache.session(NodeId.of("caller-" + caller), 15)) ? 16 : 0;
        }

        assertTrue(kept > 0 && kept <= 10_000, kept + " sessions kept");
    }

    /** Each look at all others would be some 10^10 steps, which take minutes. */
    @Test
    void numbersOfOneHashAreFoundWithoutALookAtAllOthers() {
        Session session = cache.session(A, 1);
        byte[] reply = {1};
        int calls = 100_000;

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int i = 0; i < calls && !Thread.currentThread().isInterrupted(); i++) {
                cache.keep(session, sequenceOfOneHash(session, i), reply);
                assertNull(cache.find(session, sequenceOfOneHash(session, i + 1)));
            }
            for (int i = 0; i < calls && !Thread.currentThread().isInterrupted(); i++) {
                assertSame(reply, cache.find(session, sequenceOfOneHash(session, i)));
            }
        });
    }

    /** So that both halves of the sum that is hashed are the same, and cancel each other out. */
    private static long sequenceOfOneHash(Session session, long i) {
        return (i << 32 | i) - session.number();
    }
}
