package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.ADDRESS;
import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static io.coterie.replication.Layouts.addressed;
import static io.coterie.replication.Layouts.assertClosed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.RpcMethod;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layouts of requests and answers may not change by accident: other versions read them. */
class ReplicaMethodsLayoutTest {
    private static final Ballot NEXT = new Ballot(5, 6);
    private static final String NEXT_BYTES = "0000000000000005" + "0000000000000006";
    private static final Ballot THIRD = new Ballot(7, 8);
    private static final String THIRD_BYTES = "0000000000000007" + "0000000000000008";
    private static final byte[] STATE = {(byte) 0xAB, (byte) 0xCD};
    private static final String STATE_BYTES = "00000002" + "abcd";
    private static final HlcTimestamp TIMESTAMP = new HlcTimestamp(9, 10);
    private static final String TIMESTAMP_BYTES = "0000000000000009" + "000000000000000a";

    @Test
    void methodsGoByTheseNamesAndCodecsHaveNone() {
        List<RpcMethod<?, ?>> all = Stream.of(
                        Stream.of(
                                ReplicaMethods.OPEN,
                                ReplicaMethods.REPORT,
                                RegisterMethod.METHOD,
                                PolicyMethod.METHOD,
                                DigestMethod.METHOD,
                                CopyMethod.METHOD,
                                KeeperMethods.PREPARE,
                                KeeperMethods.ACCEPT,
                                KeeperMethods.CONFIGURATION,
                                KeeperMethods.ADOPT,
                                SpareMethods.SPARE,
                                SpareMethods.SILENCES,
                                ScanMethod.METHOD,
                                WatchMethod.METHOD,
                                ListMethod.METHOD,
                                TransferMethod.METHOD),
                        batches().map(BatchMethod::one),
                        batches().map(BatchMethod::many))
                .flatMap(each -> each)
                .<RpcMethod<?, ?>>map(each -> each)
                .toList();
        assertEquals(
                List.of(
                        "replica.open",
                        "replica.report",
                        "replica.register",
                        "replica.policy",
                        "replica.digests",
                        "replica.copies",
                        "replica.keep.prepare",
                        "replica.keep.accept",
                        "replica.configuration",
                        "replica.adopt",
                        "replica.spare",
                        "replica.silences",
                        "replica.scan",
                        "replica.watch",
                        "replica.list",
                        "replica.transfer",
                        "replica.read",
                        "replica.prepare",
                        "replica.accept",
                        "replica.remove",
                        "replica.fetch",
                        "replica.merge",
                        "replica.read.batch",
                        "replica.prepare.batch",
                        "replica.accept.batch",
                        "replica.remove.batch",
                        "replica.fetch.batch",
                        "replica.merge.batch"),
                all.stream().map(RpcMethod::name).toList());
        all.forEach(method ->
                assertEquals("", method.request().name() + method.response().name(), method.name()));
    }

    private static Stream<BatchMethod<?, ?>> batches() {
        return Stream.of(
                ReadMethod.BATCH,
                ReplicaMethods.PREPARES,
                ReplicaMethods.ACCEPTS,
                ReplicaMethods.REMOVES,
                ReplicaMethods.FETCHES,
                ReplicaMethods.MERGES);
    }

    @Test
    void open() {
        StoreSpec store = new StoreSpec("s", "strong");
        String begin = ADDRESS + "00000001" + "73" + "00000006" + "7374726f6e67";
        assertClosed(begin + "00", ReplicaMethods.OPEN.request(), addressed(new ReplicaMethods.Open(store, false)));
        assertClosed(begin + "01", ReplicaMethods.OPEN.request(), addressed(new ReplicaMethods.Open(store, true)));
        assertClosed("01", ReplicaMethods.OPEN.response(), true);
        assertClosed("00", ReplicaMethods.OPEN.response(), false);
    }

    @Test
    void report() {
        assertClosed("01", ReplicaMethods.REPORT.request(), true);
        ReplicaReport fine = new ReplicaReport(ReplicaState.VOTING, null, 0, 5, true);
        assertClosed(
                "02" + "00" + "0000000000000005" + "01" + "0000000000000007",
                ReplicaMethods.REPORT.response(),
                new ReplicaMethods.Report(fine, 7));
        ReplicaReport stateless = new ReplicaReport(null, "no", 0, 5, false);
        assertClosed(
                "00" + "01" + "00000002" + "6e6f" + "0000000000000005" + "00" + "0000000000000007",
                ReplicaMethods.REPORT.response(),
                new ReplicaMethods.Report(stateless, 7));
    }

    @Test
    void statesOfReplicas() {
        assertEquals(
                List.of(ReplicaState.REGISTERING, ReplicaState.VOTING, ReplicaState.AMNESIAC, ReplicaState.FAILED),
                Stream.of(1, 2, 3, 4).map(ReplicaState::ofCode).toList());
        assertEquals(4, ReplicaState.values().length, "a new state belongs into this list, with a new number");
        String unknown = "05" + "00" + "0000000000000005" + "00" + "0000000000000007";
        assertThrows(
                IllegalArgumentException.class,
                () -> ReplicaMethods.REPORT.response().decode(Layouts.bytes(unknown)));
    }

    /** A request that names who is to send the state is in {@link StateSenderLayoutTest}. */
    @Test
    void prepare() {
        assertClosed(
                ADDRESS + KEY_BYTES + BALLOT_BYTES,
                ReplicaMethods.PREPARES.one().request(),
                addressed(new ReplicaMethods.Prepare(KEY, BALLOT)));
        assertClosed(
                "01" + BALLOT_BYTES + NEXT_BYTES + "01" + STATE_BYTES + THIRD_BYTES,
                ReplicaMethods.PREPARES.one().response(),
                new PrepareAnswer(true, BALLOT, NEXT, STATE, THIRD));
        assertClosed(
                "00" + BALLOT_BYTES + "00".repeat(16) + "00" + "00".repeat(16),
                ReplicaMethods.PREPARES.one().response(),
                new PrepareAnswer(false, BALLOT, Ballot.NONE, null, Ballot.NONE));
    }

    @Test
    void accept() {
        assertClosed(
                ADDRESS + KEY_BYTES + BALLOT_BYTES + NEXT_BYTES + STATE_BYTES,
                ReplicaMethods.ACCEPTS.one().request(),
                addressed(new ReplicaMethods.Accept(KEY, BALLOT, STATE, NEXT)));
        assertClosed("01" + BALLOT_BYTES, ReplicaMethods.ACCEPTS.one().response(), new AcceptAnswer(true, BALLOT));
        assertClosed("00" + BALLOT_BYTES, ReplicaMethods.ACCEPTS.one().response(), new AcceptAnswer(false, BALLOT));
    }

    @Test
    void remove() {
        assertClosed(
                ADDRESS + KEY_BYTES + BALLOT_BYTES + NEXT_BYTES,
                ReplicaMethods.REMOVES.one().request(),
                addressed(new ReplicaMethods.Remove(KEY, BALLOT, NEXT)));
        assertClosed("01", ReplicaMethods.REMOVES.one().response(), true);
        assertClosed("00", ReplicaMethods.REMOVES.one().response(), false);
    }

    @Test
    void fetch() {
        assertClosed(ADDRESS + KEY_BYTES, ReplicaMethods.FETCHES.one().request(), addressed(KEY));
        assertClosed(
                TIMESTAMP_BYTES + "01" + STATE_BYTES,
                ReplicaMethods.FETCHES.one().response(),
                new VersionedValue(TIMESTAMP, STATE));
        assertClosed(
                TIMESTAMP_BYTES + "00", ReplicaMethods.FETCHES.one().response(), new VersionedValue(TIMESTAMP, null));
        assertClosed("00".repeat(16) + "00", ReplicaMethods.FETCHES.one().response(), VersionedValue.NEVER);
    }

    @Test
    void merge() {
        assertClosed(
                ADDRESS + KEY_BYTES + TIMESTAMP_BYTES + "01" + STATE_BYTES,
                ReplicaMethods.MERGES.one().request(),
                addressed(new ReplicaMethods.Merge(KEY, new VersionedValue(TIMESTAMP, STATE))));
        assertClosed(
                ADDRESS + KEY_BYTES + TIMESTAMP_BYTES + "00",
                ReplicaMethods.MERGES.one().request(),
                addressed(new ReplicaMethods.Merge(KEY, new VersionedValue(TIMESTAMP, null))));
        assertClosed(TIMESTAMP_BYTES, ReplicaMethods.MERGES.one().response(), TIMESTAMP);
    }

    /**
     * The number of a store is in each key that travels or is stored. It is FNV-1a of both names,
     * and takes bytes above 127 with their sign, which FNV-1a does not. Worked out by another
     * program.
     */
    @Test
    void theNumberOfAStore() {
        assertEquals(0xf61b3b6315fc7a0eL, new StoreSpec("users", "strong").id());
        assertEquals(0x25d5111f7823628fL, new StoreSpec("users", "eventual").id());
        assertEquals(0xa86382064873220cL, new StoreSpec("é", "strong").id());
    }
}
