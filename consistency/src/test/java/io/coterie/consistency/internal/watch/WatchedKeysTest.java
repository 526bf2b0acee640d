package io.coterie.consistency.internal.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a watch remembers is bounded, though its listener may be too slow for all of it. */
class WatchedKeysTest {
    private static final Voters VOTERS = Voters.stable(List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c")));

    private static final int MAX_KEYS = 100;
    private static final int IN_USE = 50;

    private final List<WatchedKey> forgotten = new ArrayList<>();
    private int looks;

    @Test
    void noMoreAreRememberedThanMayBeThoughAllOfThemAreStillToBeDelivered() {
        WatchedKeys keys = new WatchedKeys(new NodeMemory(), MAX_KEYS, this::isInUse, forgotten::add);
        for (int i = 0; i < 10_000; i++) {
            WatchedKey key = new WatchedKey(new byte[0], VOTERS, ConsensusRules.CORRECT, true);
            key.lost = true;
            key.queued = i < IN_USE ? 1 : 0;
            looks = 0;
            keys.put(name(i), key);
            assertTrue(looks <= 16, looks + " keys looked at for one");
        }
        assertEquals(MAX_KEYS, keys.all().size());
        assertEquals(10_000 - MAX_KEYS, forgotten.size());
        for (int i = 0; i < IN_USE; i++) {
            assertNotNull(keys.get(name(i)), "forgotten in use");
        }
    }

    private boolean isInUse(WatchedKey key) {
        looks++;
        return key.queued > 0;
    }

    private static RecordKey name(int number) {
        return new RecordKey(1, new byte[] {(byte) number, (byte) (number >> 8)});
    }
}
