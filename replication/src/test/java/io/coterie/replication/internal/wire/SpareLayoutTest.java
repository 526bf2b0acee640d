package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.A;
import static io.coterie.replication.Layouts.SELF;
import static io.coterie.replication.Layouts.assertClosed;
import static io.coterie.replication.Layouts.bytes;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.SpareMethods.Silences;
import io.coterie.replication.internal.wire.SpareMethods.Spare;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What members and spares say to one another. */
class SpareLayoutTest {
    @Test
    void spare() {
        assertClosed(
                A + "0000000000000005" + "00000003" + "683a31",
                SpareMethods.SPARE.request(),
                new Spare(new MemberId(SELF, 5), "h:1"));
        assertClosed(A, SpareMethods.SPARE.response(), "a");
    }

    @Test
    void silences() {
        assertClosed("01", SpareMethods.SILENCES.request(), true);
        assertClosed("0000", SpareMethods.SILENCES.response(), new Silences(false, Map.of()));
        assertClosed(
                "01" + "02" + A + "0000000000000007" + "00000001" + "62" + "0000000000000008",
                SpareMethods.SILENCES.response(),
                new Silences(true, Map.of(NodeId.of("b"), 8L, SELF, 7L)));
    }

    @Test
    void moreMembersThanAClusterHasAreRefused() {
        String silences = "01" + "81" + (A + "0000000000000007").repeat(129);
        assertThrows(
                IllegalArgumentException.class,
                () -> SpareMethods.SILENCES.response().decode(bytes(silences)));
    }
}
