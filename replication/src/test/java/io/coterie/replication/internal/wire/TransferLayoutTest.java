package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static io.coterie.replication.Layouts.assertClosed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Layouts;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.ListMethod.OneKey;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.ListMethod.Request;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.codec.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The layouts of messages by which a group of replicas hands on what it knows may not change by
 * accident: other versions read them.
 */
class TransferLayoutTest {
    private static final Ballot NEXT = new Ballot(5, 6);
    private static final String NEXT_BYTES = "0000000000000005" + "0000000000000006";
    private static final String FOR_WHOM = "0000000000000007" + "0000000000000009";
    private static final StoreSpec STORE = new StoreSpec("s", "strong");
    private static final String STORE_BYTES = "00000001" + "73" + "00000006" + "7374726f6e67";

    @Test
    void requestsToList() {
        assertClosed(
                FOR_WHOM + "01" + "00010000" + "00" + "02" + "0000000000000003" + "01" + KEY_BYTES,
                ListMethod.METHOD.request(),
                new Request(7, 9, true, 1 << 16, new Cursor(ListKind.REGISTERS, 3, KEY)));
        assertClosed(
                FOR_WHOM + "00" + "00010000" + "00" + "01" + "8000000000000000" + "00",
                ListMethod.METHOD.request(),
                new Request(7, 9, false, 1 << 16, Cursor.START));
        assertClosed(
                FOR_WHOM + "00" + "00010000" + "01" + "03" + KEY_BYTES,
                ListMethod.METHOD.request(),
                new Request(7, 9, false, 1 << 16, new OneKey(ListKind.VALUES, KEY)));
    }

    @Test
    void pagesOfAList() {
        assertClosed(
                "00000001" + STORE_BYTES + "01" + "01" + STORE_BYTES + "02" + KEY_BYTES + NEXT_BYTES + BALLOT_BYTES
                        + "01" + "00000001" + "08",
                ListMethod.METHOD.response(),
                page(List.of(STORE), new Listed.Store(STORE), new Listed.Register(KEY, NEXT, BALLOT, new byte[] {8})));
        assertClosed(
                "00000000" + "00" + "03" + KEY_BYTES + BALLOT_BYTES + "00" + "04" + "0000000000000001" + BALLOT_BYTES,
                ListMethod.METHOD.response(),
                new Page(
                        List.of(),
                        List.of(
                                new Listed.Value(KEY, new VersionedValue(new HlcTimestamp(3, 4), null)),
                                new Listed.Floor(1, BALLOT)),
                        null));
        assertClosed(
                "00000000" + "02" + "03" + "0000000000000004" + "00",
                ListMethod.METHOD.response(),
                new Page(List.of(), List.of(), new Cursor(ListKind.VALUES, 4, null)));
    }

    private static Page page(List<StoreSpec> stores, Listed first, Listed last) {
        return new Page(stores, List.of(first, last), Cursor.behind(last));
    }

    @Test
    void transfers() {
        assertClosed(
                FOR_WHOM + "00000001" + STORE_BYTES + "01" + KEY_BYTES + BALLOT_BYTES + NEXT_BYTES + "01" + "00000001"
                        + "08" + "01" + KEY_BYTES + "00".repeat(16) + NEXT_BYTES + "00" + "02" + KEY_BYTES
                        + BALLOT_BYTES + "00" + "03" + "0000000000000001" + BALLOT_BYTES,
                TransferMethod.METHOD.request(),
                new TransferMethod.Request(
                        7,
                        9,
                        List.of(STORE),
                        List.of(
                                new Known.Register(KEY, BALLOT, NEXT, new byte[] {8}),
                                new Known.Register(KEY, Ballot.NONE, NEXT, null),
                                new Known.Value(KEY, new VersionedValue(new HlcTimestamp(3, 4), null)),
                                new Known.Floor(1, BALLOT))));
        assertClosed(
                "00000002" + "00000001" + "00000004",
                TransferMethod.METHOD.response(),
                new TransferMethod.Answer(List.of(1, 4)));
    }

    /** All replicas must have one order: a caller takes a key that is passed over as absent. */
    @Test
    void thePlacesOfKeys() {
        assertEquals(Integer.toUnsignedLong(Integer.reverse(KEY.hashCode())), ListOrder.place(KEY));
        assertEquals(2_786_933_099L, ListOrder.place(KEY), "worked out once; the hash must not change either");
        Listed first = new Listed.Register(KEY, BALLOT, BALLOT, null);
        Listed store = new Listed.Store(STORE);
        assertTrue(Listed.ORDER.compare(store, first) < 0);
        assertTrue(Cursor.behind(first).isBehind(first));
        assertTrue(Cursor.behind(first).isBehind(store));
        assertFalse(new Cursor(ListKind.REGISTERS, first.place(), null).isBehind(first));
        assertFalse(Cursor.behind(store).isBehind(first));
        assertTrue(Cursor.behind(store).isBehind(store));
        Listed later = new Listed.Register(new RecordKey(1, new byte[] {1}), BALLOT, BALLOT, null);
        assertEquals(later.place() <= first.place(), Cursor.behind(first).isBehind(later));
    }

    @Test
    void whatNobodySendsIsRefused() {
        for (String kind : new String[] {"00", "05"}) {
            refuses(ListMethod.METHOD.response(), "00000000" + "00" + kind);
            refuses(ListMethod.METHOD.request(), FOR_WHOM + "01" + "00010000" + "00" + kind + "00".repeat(9));
        }
        refuses(ListMethod.METHOD.request(), FOR_WHOM + "01" + "00010000" + "02" + "02" + KEY_BYTES);
        refuses(ListMethod.METHOD.request(), FOR_WHOM + "01" + "00010000" + "01" + "01" + KEY_BYTES);
        refuses(ListMethod.METHOD.response(), "ffffffff" + "00");
        refuses(ListMethod.METHOD.response(), "7fffffff" + "00");
        refuses(ListMethod.METHOD.response(), "00000000" + "01");
        refuses(ListMethod.METHOD.response(), "00000000" + "03");
        refuses(TransferMethod.METHOD.request(), FOR_WHOM + "ffffffff");
        refuses(TransferMethod.METHOD.request(), FOR_WHOM + "00000000" + "04");
        refuses(
                TransferMethod.METHOD.request(),
                FOR_WHOM + "00000000" + "01" + KEY_BYTES + BALLOT_BYTES + NEXT_BYTES + "00");
        refuses(TransferMethod.METHOD.response(), "7fffffff");
        refuses(TransferMethod.METHOD.response(), "ffffffff");
    }

    private static void refuses(Codec<?> codec, String hex) {
        assertThrows(RuntimeException.class, () -> codec.decode(Layouts.bytes(hex)), hex);
    }
}
