package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RemoteException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a replica says to requests that came together: an answer or a refusal to each, in their order. */
final class AnswerBatch<A> {
    /**
     * What a message has room for, in bytes, as long as it holds more than one answer. To what does not fit in, its caller is to
     * ask again, alone.
     */
    private static final int ROOM_BYTES = 256 << 10;

    private static final int ANSWER = 0;
    private static final int REFUSAL = 1;
    private static final int ASK_ALONE = 2;

    private final List<@Nullable A> answers;
    private Map<Integer, Refusal> refusals = Map.of();

    private record Refusal(String type, String message) {}

    private AnswerBatch(List<@Nullable A> answers) {
        this.answers = answers;
    }

    /** As many as that, to be said yet. */
    static <A> AnswerBatch<A> of(int size) {
        List<@Nullable A> unsaid = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            unsaid.add(null);
        }
        return new AnswerBatch<>(unsaid);
    }

    void answer(int request, A answer) {
        answers.set(request, answer);
    }

    void refuse(int request, Throwable reason) {
        refuse(request, new Refusal(reason.getClass().getName(), String.valueOf(reason.getMessage())));
    }

    private void refuse(int request, Refusal refusal) {
        if (refusals.isEmpty()) {
            refusals = new HashMap<>();
        }
        refusals.put(request, refusal);
    }

    int size() {
        return answers.size();
    }

    /** Tells the one who made a request what was said to it. */
    void tell(int request, NodeId peer, Fanout<?, A> asking) {
        A answer = answers.get(request);
        Refusal refusal = answer != null ? null : refusals.get(request);
        if (answer != null) {
            asking.onReply(peer, answer);
        } else if (refusal != null) {
            asking.onFailure(peer, new RemoteException(refusal.type(), refusal.message()));
        } else {
            asking.askAlone(peer);
        }
    }

    static <A> Codec<AnswerBatch<A>> codec(Codec<A> one) {
        return new BatchCodec<>(one);
    }

    private record BatchCodec<A>(Codec<A> one) implements Codec<AnswerBatch<A>> {
        @Override
        public void encode(AnswerBatch<A> batch, ByteWriter out) {
            int full = out.size() + ROOM_BYTES;
            for (int i = 0; i < batch.answers.size(); i++) {
                int start = out.size();
                put(batch, i, out);
                if (out.size() > full && i > 0) {
                    out.truncate(start).putByte(ASK_ALONE);
                }
            }
        }

        private void put(AnswerBatch<A> batch, int request, ByteWriter out) {
            A answer = batch.answers.get(request);
            Refusal refusal = answer != null ? null : batch.refusals.get(request);
            if (answer != null) {
                BatchMethod.putSized(one, answer, out.putByte(ANSWER));
            } else if (refusal != null) {
                out.putByte(REFUSAL)
                        .putBlock(ReplicaMethods.utf8(refusal.type()))
                        .putBlock(ReplicaMethods.utf8(refusal.message()));
            } else {
                throw new IllegalStateException("request " + request + " was not answered yet");
            }
        }

        @Override
        public AnswerBatch<A> decode(ByteBuffer in) {
            AnswerBatch<A> batch = new AnswerBatch<>(new ArrayList<>(RequestBatch.MOST_REQUESTS));
            while (in.hasRemaining()) {
                int kind = in.get();
                batch.answers.add(kind == ANSWER ? BatchMethod.readSized(one, in) : null);
                if (kind == REFUSAL) {
                    batch.refuse(batch.size() - 1, new Refusal(text(in), text(in)));
                } else if (kind != ANSWER && kind != ASK_ALONE) {
                    throw new IllegalArgumentException("kind " + kind + " of an answer");
                }
            }
            return batch;
        }

        private static String text(ByteBuffer in) {
            return Codec.utf8().decode(ByteBuffer.wrap(ByteReaders.readBlock(in)));
        }
    }
}
