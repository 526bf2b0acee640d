package io.coterie.replication.internal.shares;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.TestLoop;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.Sized;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that travel together are answered each for itself. */
class BatchTest {
    private static final NodeId A = NodeId.of("a");
    private static final BatchMethod<String, String> METHOD =
            BatchMethod.of(new RpcMethod<>("echo", Codec.utf8(), Codec.utf8(), true));

    private @Nullable BatchedAnswers<String> answered;

    @Test
    void requestsArriveOneByOneInTheirOrder() {
        assertEquals(List.of("one", "", "three"), arrived("one", "", "three").received());
    }

    @Test
    void aBatchIsAnsweredWhenItsLastRequestIs() {
        List<Responder<String>> later = new ArrayList<>();
        handle((caller, request, answer) -> later.add(answer), "x", "y");
        later.get(1).reply("to y");
        later.get(1).reply("to y, once more");
        assertNull(answered);
        later.get(0).reply("to x");

        assertEquals(List.of("to x", "to y"), heard(2));
    }

    @Test
    void aFailedRequestOfABatchFailsAlone() {
        handle(
                (caller, request, answer) -> {
                    switch (request) {
                        case "refused" -> answer.fail(new IllegalArgumentException("no"));
                        case "broken" -> throw new IllegalStateException("oh");
                        default -> answer.reply(request);
                    }
                },
                "refused",
                "fine",
                "broken");

        assertEquals(List.of("no", "fine", "oh"), heard(3));
    }

    @Test
    void whatDoesNotFitInIsAskedForAlone() {
        String large = "x".repeat(100 << 10);
        handle((caller, request, answer) -> answer.reply(large), "1", "2", "3", "4");

        assertEquals(List.of(large, large, "alone", "alone"), heard(4));
    }

    @Test
    void aLargeAnswerThatIsTheFirstFitsIn() {
        String huge = "x".repeat(1 << 20);
        handle((caller, request, answer) -> answer.reply(request.equals("1") ? huge : ""), "1", "2");

        assertEquals(List.of(huge, "alone"), heard(2));
    }

    @Test
    void aTooLargeAnswerIsNotEncodedForEachRequestOfABatch() {
        AtomicInteger written = new AtomicInteger();
        Codec<byte[]> counting = new Codec<>() {
            @Override
            public void encode(byte[] value, ByteWriter out) {
                written.addAndGet(value.length);
                Codec.bytes().encode(value, out);
            }

            @Override
            public byte[] decode(ByteBuffer in) {
                return Codec.bytes().decode(in);
            }
        };
        byte[] large = new byte[1 << 20];
        BatchedAnswers<byte[]> answers = BatchedAnswers.of(1_000);
        answers.answer(0, new byte[1]);
        for (int i = 1; i < 1_000; i++) {
            answers.answer(i, large);
        }
        BatchedAnswers.codec(counting).encode(answers, new ByteWriter());

        assertTrue(written.get() <= 3 << 20, () -> "bytes written for a message of 256 KiB: " + written);
    }

    @Test
    void moreRequestsThanAnyNodeSendsTogetherAreNotTaken() {
        String[] requests = new String[BatchedRequests.MAX_RECEIVED + 1];
        Arrays.fill(requests, "");
        assertThrows(IllegalArgumentException.class, () -> arrived(requests));

        assertEquals(
                BatchedRequests.MAX_RECEIVED,
                arrived(Arrays.copyOf(requests, BatchedRequests.MAX_RECEIVED))
                        .received()
                        .size());
    }

    @Test
    void whatNobodyWaitsForIsNotRead() {
        handle((caller, request, answer) -> answer.reply(request), "x", "y");
        Heard over = new Heard(true);
        Heard waiting = new Heard(false);

        assertNull(received().deliver(A, Codec.utf8(), List.of(over, waiting)));
        assertEquals(List.of("", "y"), List.of(over.what, waiting.what));
    }

    @Test
    void aCallbackThatThrowsHidesNoOtherAnswer() {
        handle((caller, request, answer) -> answer.reply(request), "x", "y");
        Heard throwing = new Heard(false) {
            @Override
            public void onReply(NodeId peer, String response) {
                throw new IllegalStateException("on purpose");
            }
        };
        Heard other = new Heard(false);

        assertThrows(IllegalStateException.class, () -> received().deliver(A, Codec.utf8(), List.of(throwing, other)));
        assertEquals("y", other.what);
    }

    @Test
    void aBatchThatEndsTooEarlyOrLateIsReportedAsWrong() {
        handle((caller, request, answer) -> answer.reply(request), "x", "y");

        assertEquals(
                "the message has more answers than requests",
                received().deliver(A, Codec.utf8(), List.of(new Heard(false))));
        List<Heard> three = List.of(new Heard(false), new Heard(false), new Heard(false));
        assertEquals(
                "answer 2 cannot be read: java.nio.BufferUnderflowException",
                received().deliver(A, Codec.utf8(), three));
    }

    private void handle(InlineHandler<String, String> one, String... requests) {
        new BatchHandler<>(one, new LoopShares(A, new TestLoop().world()), false)
                .handle(A, arrived(requests), new Responder<>() {
                    @Override
                    public void reply(BatchedAnswers<String> response) {
                        answered = response;
                    }

                    @Override
                    public void fail(Throwable error) {
                        throw new AssertionError(error);
                    }
                });
    }

    private static BatchedRequests<String> arrived(String... requests) {
        ByteWriter written = new ByteWriter();
        for (String request : requests) {
            Sized.put(Codec.utf8(), request, written);
        }
        return sent(METHOD.many().request(), new Addressed<>(0, 0, BatchedRequests.written(written)))
                .request();
    }

    private BatchedAnswers<String> received() {
        return sent(METHOD.many().response(), Objects.requireNonNull(answered));
    }

    private List<String> heard(int requests) {
        List<Heard> asking =
                Stream.generate(() -> new Heard(false)).limit(requests).toList();
        assertNull(received().deliver(A, Codec.utf8(), asking));
        return asking.stream().map(each -> each.what).toList();
    }

    private static <T> T sent(Codec<T> codec, T value) {
        ByteWriter out = new ByteWriter();
        codec.encode(value, out);
        return codec.decode(out.view());
    }

    /** The answer to one of the requests. */
    private static class Heard implements BatchedAnswers.Asking<String> {
        private final boolean over;
        String what = "";

        Heard(boolean over) {
            this.over = over;
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void askAlone(NodeId replica) {
            what = "alone";
        }

        @Override
        public void onReply(NodeId peer, String response) {
            what = response;
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            what = String.valueOf(failure.getMessage());
        }
    }
}
