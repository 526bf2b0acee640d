package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many stores a replica records, and how fast. */
class StoreQuotaTest {
    private static final NodeId FAST = NodeId.of("fast");
    private static final NodeId OTHER = NodeId.of("other");

    private final TurnedClock clock = new TurnedClock();
    private final StoreQuota stores = new StoreQuota(clock);
    private int recorded;

    private static final class TurnedClock implements Clock {
        /** Clocks begin anywhere. */
        private long nanos = Long.MAX_VALUE - 5;

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            throw new AssertionError("nothing depends on the time of day");
        }
    }

    private @Nullable RuntimeException open(NodeId caller) {
        RuntimeException refusal = stores.refusal(caller, new StoreSpec("s" + recorded, "strong"), recorded);
        if (refusal == null) {
            recorded++;
            stores.recorded(caller);
        }
        return refusal;
    }

    private int openUntilRefused(NodeId caller) {
        int before = recorded;
        while (open(caller) == null) {
            assertTrue(recorded <= ReplicaLimits.MAX_STORES);
        }
        return recorded - before;
    }

    @Test
    void aNodeThatCreatesStoresTooFastLearnsWhenToRetry() {
        assertEquals(1_000, openUntilRefused(FAST));

        OverloadedException refusal = assertInstanceOf(OverloadedException.class, open(FAST));
        assertTrue(
                refusal.getMessage()
                        .contains("node fast creates stores too fast: this replica records 1000 from one node at once,"
                                + " and then one every 10 ms"),
                refusal::getMessage);
        Duration retryAfter = refusal.retryAfter();
        assertNotNull(retryAfter);
        clock.nanos += retryAfter.toNanos() - 1;
        assertNotNull(open(FAST));
        clock.nanos += 1;
        assertNull(open(FAST));
        assertNotNull(open(FAST));
    }

    @Test
    void aNodeIsNotRefusedForTheHasteOfAnother() {
        openUntilRefused(FAST);

        assertNull(open(OTHER));
    }

    @Test
    void afterAPauseANodeMayOpenAsManyAtOnceAgain() {
        openUntilRefused(FAST);
        clock.nanos += Duration.ofHours(1).toNanos();

        assertEquals(1_000, openUntilRefused(FAST));
    }

    @Test
    void aNodeCreatesNoMoreStoresThanItsPart() {
        for (int i = 0; i < 5_000; i++) {
            clock.nanos += Duration.ofSeconds(1).toNanos();
            assertNull(open(FAST));
        }
        clock.nanos += Duration.ofHours(1).toNanos();

        RuntimeException refusal = open(FAST);
        assertEquals(RefusalKind.TOO_MANY_STORES, kindOf(refusal));
        assertTrue(
                refusal.getMessage().contains("node fast has created 5000 stores since this replica started"),
                refusal::getMessage);
        assertNull(open(OTHER));
    }

    @Test
    void theStoresOfAReplicaAreBounded() {
        recorded = ReplicaLimits.MAX_STORES - 1;
        assertNull(open(FAST));

        RuntimeException refusal = open(OTHER);
        assertEquals(RefusalKind.TOO_MANY_STORES, kindOf(refusal));
        assertTrue(
                refusal.getMessage().contains("this replica has 10000 stores, and accepts no more than 10000"),
                refusal::getMessage);
    }

    @Test
    void aNewStoreMayHaveNoCharactersThatDoNotShow() {
        for (String name : new String[] {"a\nb", "\t", "\u007f", "\u009b31m", "a\u2028b", "\u202ea", "\u200b"}) {
            assertEquals(RefusalKind.HIDDEN_CHARACTER, kindOf(stores.refusal(FAST, new StoreSpec(name, "strong"), 0)));
            assertEquals(RefusalKind.HIDDEN_CHARACTER, kindOf(stores.refusal(FAST, new StoreSpec("store", name), 0)));
        }
        assertNull(stores.refusal(FAST, new StoreSpec("größe 尺寸 📏/\"1\" of 2", "strong"), 0));
    }
}
