package io.coterie.rpc.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.NodeId;
import org.junit.jupiter.api.Test;

class PeerTableTest {
    private final PeerTable<Kept> table = new PeerTable<>(id -> new Kept());

    private static final class Kept implements PeerTable.Entry {
        boolean busy;

        @Override
        public boolean isIdle() {
            return !busy;
        }
    }

    @Test
    void namesThatComeAndGoDoNotFillIt() {
        for (int i = 0; i < 100_000; i++) {
            table.of(NodeId.of("peer-" + i));
        }

        assertTrue(table.size() <= PeerTable.MANY, "size " + table.size());
    }

    @Test
    void whatIsOfUseStaysHoweverManyThereAre() {
        Kept first = table.of(NodeId.of("peer-0"));
        for (int i = 0; i < 5000; i++) {
            table.of(NodeId.of("peer-" + i)).busy = true;
        }

        assertEquals(5000, table.size());
        assertSame(first, table.find(NodeId.of("peer-0")));
    }
}
