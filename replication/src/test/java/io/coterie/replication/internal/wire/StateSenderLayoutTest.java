package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.ADDRESS;
import static io.coterie.replication.Layouts.addressed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes of requests that name who is to send the state, and of answers without one. */
class StateSenderLayoutTest {
    private static final RpcMethod<Addressed<ReadMethod.Request>, ReadMethod.Found> READ = ReadMethod.BATCH.one();
    private static final RecordKey KEY = new RecordKey(1, new byte[] {2});
    private static final String KEY_BYTES = "0000000000000001" + "00000001" + "02";
    private static final Ballot BALLOT = new Ballot(3, 4);
    private static final String BALLOT_BYTES = "0000000000000003" + "0000000000000004";
    private static final String NO_BALLOT = "00".repeat(Ballot.BYTES);
    private static final String NO_STATE = "00";
    private static final NodeId B = NodeId.of("b");
    private static final String B_BYTES = "00000001" + "62";

    @Test
    void aReadThatNamesNobodyEndsWithTheBallotThatIsKnown() {
        assertLayout(
                ADDRESS + KEY_BYTES + BALLOT_BYTES, READ.request(), addressed(new ReadMethod.Request(KEY, BALLOT)));
    }

    @Test
    void aReadThatNamesASenderEndsWithItsName() {
        assertLayout(
                ADDRESS + KEY_BYTES + NO_BALLOT + B_BYTES,
                READ.request(),
                addressed(new ReadMethod.Request(KEY, Ballot.NONE, B)));
    }

    @Test
    void soDoesARequestForAPromise() {
        Codec<Addressed<ReplicaMethods.Prepare>> codec =
                ReplicaMethods.PREPARES.one().request();
        assertLayout(ADDRESS + KEY_BYTES + BALLOT_BYTES, codec, addressed(new ReplicaMethods.Prepare(KEY, BALLOT)));
        assertLayout(
                ADDRESS + KEY_BYTES + BALLOT_BYTES + B_BYTES,
                codec,
                addressed(new ReplicaMethods.Prepare(KEY, BALLOT, B)));
        assertThrows(
                RuntimeException.class, () -> codec.decode(bytes(ADDRESS + KEY_BYTES + BALLOT_BYTES + B_BYTES + "00")));
    }

    @Test
    void aBallotAloneIsAnAnswerWithoutAState() {
        ReadAnswer alone = new ReadAnswer(BALLOT, null);
        assertEquals(true, alone.isBallotAlone());
        assertLayout("00" + BALLOT_BYTES + NO_STATE, READ.response(), new ReadMethod.Found(alone));
        assertLayout(
                "01" + BALLOT_BYTES + BALLOT_BYTES + NO_STATE + NO_BALLOT,
                ReplicaMethods.PREPARE.response(),
                new PrepareAnswer(true, BALLOT, BALLOT, null, Ballot.NONE));
    }

    private static <T> void assertLayout(String expected, Codec<T> codec, T value) {
        ByteWriter out = new ByteWriter();
        codec.encode(value, out);
        assertEquals(expected, HexFormat.of().formatHex(out.toByteArray()));
        assertEquals(value, codec.decode(bytes(expected)));
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
