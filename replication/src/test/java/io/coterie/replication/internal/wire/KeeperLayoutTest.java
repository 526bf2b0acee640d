package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.A;
import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.assertClosed;

import io.coterie.replication.internal.membership.Configurations;
import io.coterie.replication.internal.wire.KeeperMethods.Accept;
import io.coterie.replication.internal.wire.KeeperMethods.Found;
import io.coterie.replication.internal.wire.KeeperMethods.Instance;
import io.coterie.replication.internal.wire.KeeperMethods.Prepare;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.spi.Ballot;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What keepers and nodes say to one another about configurations. */
class KeeperLayoutTest {
    private static final Instance INSTANCE = new Instance(5, 6, "a");
    private static final String INSTANCE_BYTES = "0000000000000005" + "0000000000000006" + A;

    @Test
    void prepare() {
        assertClosed(INSTANCE_BYTES + BALLOT_BYTES, KeeperMethods.PREPARE.request(), new Prepare(INSTANCE, BALLOT));
        String begin = "0000000000000007" + "01" + "01" + A + "0000000000000061" + BALLOT_BYTES;
        assertClosed(
                begin + "00".repeat(16) + "00",
                KeeperMethods.PREPARE.response(),
                new Promise(7, Witness.VOTED, List.of(Configurations.id("a")), BALLOT, Ballot.NONE, null));
        assertClosed(
                begin + BALLOT_BYTES + "01" + Configurations.BYTES,
                KeeperMethods.PREPARE.response(),
                new Promise(7, Witness.VOTED, List.of(Configurations.id("a")), BALLOT, BALLOT, Configurations.SAMPLE));
    }

    @Test
    void accept() {
        assertClosed(
                INSTANCE_BYTES + BALLOT_BYTES + Configurations.BYTES,
                KeeperMethods.ACCEPT.request(),
                new Accept(INSTANCE, BALLOT, Configurations.SAMPLE));
        assertClosed(BALLOT_BYTES, KeeperMethods.ACCEPT.response(), BALLOT);
    }

    @Test
    void handingOver() {
        assertClosed("0000000000000005", KeeperMethods.CONFIGURATION.request(), 5L);
        assertClosed("00", KeeperMethods.CONFIGURATION.response(), new Found(null));
        assertClosed(
                "01" + Configurations.BYTES, KeeperMethods.CONFIGURATION.response(), new Found(Configurations.SAMPLE));
        assertClosed(Configurations.BYTES, KeeperMethods.ADOPT.request(), Configurations.SAMPLE);
        assertClosed("0000000000000005", KeeperMethods.ADOPT.response(), 5L);
    }
}
