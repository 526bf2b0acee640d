package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.ADDRESS;
import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static io.coterie.replication.Layouts.addressed;
import static io.coterie.replication.Layouts.assertClosed;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import io.coterie.replication.internal.wire.CopyMethod.Copy;
import io.coterie.replication.internal.wire.CopyMethod.Leaf;
import io.coterie.replication.internal.wire.CopyMethod.Version;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.codec.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The layouts of messages by which replicas compare and take copies may not change by accident:
 * other versions read them.
 */
class CopyLayoutTest {
    private static final String LEAF = "00000005" + "00000001" + "00000006" + BALLOT_BYTES;

    @Test
    void digestsOfNodes() {
        assertClosed(
                ADDRESS + "01" + "02" + "00000003" + "000000ff",
                DigestMethod.METHOD.request(),
                addressed(new DigestMethod.Question(CopyKind.REGISTERS, 2, new int[] {3, 255})));
        assertClosed("0000000000000007" + "ffffffffffffffff", DigestMethod.METHOD.response(), new long[] {7, -1});
    }

    @Test
    void copiesThatAreLacked() {
        assertClosed(
                ADDRESS + "02" + "00000002" + LEAF + "00000009" + "00000000",
                CopyMethod.METHOD.request(),
                addressed(new CopyMethod.Question(
                        CopyKind.VALUES,
                        2,
                        List.of(new Leaf(5, List.of(new Version(6, 3, 4))), new Leaf(9, List.of())))));
        assertClosed(
                "00000001" + "00000001" + "00000001" + "73" + "00000006" + "7374726f6e67" + "01" + KEY_BYTES
                        + BALLOT_BYTES + "00000001" + "08" + "02" + KEY_BYTES + BALLOT_BYTES + "00",
                CopyMethod.METHOD.response(),
                new CopyMethod.Answer(
                        1,
                        List.of(new StoreSpec("s", "strong")),
                        List.of(
                                new Copy.Register(KEY, BALLOT, new byte[] {8}),
                                new Copy.Value(KEY, new VersionedValue(new HlcTimestamp(3, 4), null)))));
    }

    /** A length decides what is allocated: none is believed beyond the bytes that came. */
    @Test
    void whatNobodySendsIsRefused() {
        refuses(DigestMethod.METHOD.request(), ADDRESS + "01" + "04" + "00000000");
        refuses(DigestMethod.METHOD.request(), ADDRESS + "01" + "02" + "00000100");
        refuses(DigestMethod.METHOD.request(), ADDRESS + "01" + "02" + "ffffffff");
        refuses(DigestMethod.METHOD.request(), ADDRESS + "01" + "02" + "00000000".repeat(DigestMethod.MAX_NODES + 1));
        refuses(CopyMethod.METHOD.request(), ADDRESS + "01" + "00000000" + "00000005" + "7fffffff");
        refuses(CopyMethod.METHOD.request(), ADDRESS + "01" + "00000000" + "00000005" + "ffffffff");
        refuses(CopyMethod.METHOD.request(), ADDRESS + "01" + "ffffffff");
        refuses(CopyMethod.METHOD.request(), ADDRESS + "01" + "00000000" + "00010000" + "00000000");
        refuses(CopyMethod.METHOD.response(), "00000000" + "00000000" + "03" + KEY_BYTES + BALLOT_BYTES + "00");
        refuses(CopyMethod.METHOD.response(), "00000000" + "7fffffff");
        refuses(CopyMethod.METHOD.response(), "ffffffff" + "00000000");
        for (String kind : new String[] {"00", "03"}) {
            refuses(DigestMethod.METHOD.request(), ADDRESS + kind + "00" + "00000000");
            refuses(CopyMethod.METHOD.request(), ADDRESS + kind + "00000000");
        }
    }

    private static void refuses(Codec<?> codec, String hex) {
        assertThrows(RuntimeException.class, () -> codec.decode(Layouts.bytes(hex)), hex);
    }
}
