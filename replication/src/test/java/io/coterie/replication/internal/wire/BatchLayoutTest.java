package io.coterie.replication.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Layouts;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The layouts of requests that travel together, and of their answers, may not change by accident:
 * other versions read them.
 */
class BatchLayoutTest {
    private static final BatchMethod<String, String> METHOD =
            BatchMethod.of(new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true));

    /** An answer, a refusal with the code 4, and that the third request is to be sent alone. */
    private static final String SAID = "00" + "00000002" + "6f6b" + "01" + "04" + "00000002" + "6e6f" + "02";

    private final List<String> heard = new ArrayList<>();

    @Test
    void requestsStandOneBehindTheOtherEachWithItsLength() {
        ByteWriter written = new ByteWriter();
        Sized.put(Codec.utf8(), "ab", written);
        Sized.put(Codec.utf8(), "", written);
        String expected = Layouts.ADDRESS + "00000002" + "6162" + "00000000";

        assertEquals(
                expected, Layouts.hex(METHOD.many().request(), Layouts.addressed(BatchedRequests.written(written))));
        assertEquals(
                List.of("ab", ""),
                METHOD.many()
                        .request()
                        .decode(Layouts.bytes(expected))
                        .request()
                        .received());
    }

    @Test
    void answersAndRefusalsStandInTheOrderOfTheRequests() {
        BatchedAnswers<String> batch = BatchedAnswers.of(2);
        batch.answer(0, "ok");
        batch.refuse(1, new ReplicaRefusal(RefusalKind.NO_REPLICA, "no"));

        assertEquals(
                SAID.substring(0, SAID.length() - 2), Layouts.hex(METHOD.many().response(), batch));
    }

    @Test
    void whatDoesNotFitInIsAskedForAlone() {
        BatchedAnswers<String> batch = BatchedAnswers.of(3);
        batch.answer(0, "ok");
        batch.answer(1, "x".repeat(300 << 10));
        batch.answer(2, "");

        assertEquals(
                "00" + "00000002" + "6f6b" + "02" + "00" + "00000000",
                Layouts.hex(METHOD.many().response(), batch));
    }

    @Test
    void eachCallerGetsItsAnswer() {
        assertNull(tell(SAID, 3));
        assertEquals(List.of("ok", "4 no", "alone"), heard);
    }

    @Test
    void nothingMayFollowAndNoOtherKindIsTaken() {
        assertEquals("the message has more answers than requests", tell(SAID + "00", 3));
        assertEquals("answer 0 has the unknown kind 3", tell("03", 1));
        assertTrue(String.valueOf(tell(SAID.substring(0, 20), 3)).startsWith("answer 1 cannot be read"));
    }

    private @Nullable String tell(String bytes, int requests) {
        List<Heard> asking = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            asking.add(new Heard(heard));
        }
        return METHOD.many().response().decode(Layouts.bytes(bytes)).deliver(NodeId.of("a"), Codec.utf8(), asking);
    }

    private record Heard(List<String> all) implements BatchedAnswers.Asking<String> {
        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void askAlone(NodeId replica) {
            all.add("alone");
        }

        @Override
        public void onReply(NodeId peer, String response) {
            all.add(response);
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            all.add(((RemoteException) failure).code() + " " + failure.getMessage());
        }
    }
}
