package io.coterie.replication.internal.wire;

import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a replica to requests that came together: an answer or a refusal to each, in their
 * order. A received batch keeps its bytes, and decodes only the answers that somebody still waits
 * for: after a majority, nobody waits for the rest.
 */
public final class BatchedAnswers<A> {
    /**
     * The most bytes of a message with more than one answer. A caller whose answer does not fit in
     * is to ask again, alone.
     */
    private static final int ROOM_BYTES = 256 << 10;

    /**
     * The most bytes that may be encoded in vain because they do not fit in. After that no other
     * answer is encoded, however small: a batch of requests for one large value would otherwise
     * encode it for each request.
     */
    private static final int MAX_IN_VAIN_BYTES = 1 << 20;

    private static final int ANSWER = 0;
    private static final int REFUSAL = 1;
    private static final int ASK_ALONE = 2;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Before it is sent: for each request an answer, or a {@link Throwable}. */
    private final @Nullable Object[] answers;

    private final ByteBuffer received;

    /** The caller of one of the requests. */
    public interface Asking<A> extends ReplyHandler<A> {
        /** Whether the caller no longer wants an answer. */
        boolean isOver();

        /** The answer did not fit into the message: the caller is to ask again, alone. */
        void askAlone(NodeId replica);
    }

    private BatchedAnswers(@Nullable Object[] answers, ByteBuffer received) {
        this.answers = answers;
        this.received = received;
    }

    /** A batch of so many answers, none of which is there yet. */
    public static <A> BatchedAnswers<A> of(int size) {
        return new BatchedAnswers<>(new Object[size], NOTHING);
    }

    public void answer(int request, A answer) {
        answers[request] = answer;
    }

    public void refuse(int request, Throwable reason) {
        answers[request] = reason;
    }

    /**
     * Hands the answers to the callers of the requests.
     *
     * @return null, or what is wrong with the rest of the answers, which were not handed over
     */
    @Nullable
    public String deliver(NodeId peer, Codec<A> one, List<? extends Asking<A>> asking) {
        Throwable thrown = null;
        for (int i = 0; i < asking.size(); i++) {
            Asking<A> next = asking.get(i);
            A answer = null;
            RemoteException refusal = null;
            try {
                int kind = received.get();
                if (kind == ANSWER && next.isOver()) {
                    Sized.skip(received);
                    continue;
                } else if (kind == ANSWER) {
                    answer = Sized.read(one, received);
                } else if (kind == REFUSAL) {
                    refusal = new RemoteException(received.get() & 0xFF, text(received));
                } else if (kind != ASK_ALONE) {
                    return "answer " + i + " has the unknown kind " + kind;
                }
            } catch (RuntimeException e) {
                return "answer " + i + " cannot be read: " + e;
            }
            try {
                deliver(peer, next, answer, refusal);
            } catch (Throwable e) {
                // The others must get their answers.
                thrown = e;
            }
        }
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown instanceof RuntimeException exception) {
            throw exception;
        } else if (thrown != null) {
            throw new IllegalStateException("the handler of an answer from " + peer + " threw", thrown);
        }
        return received.hasRemaining() ? "the message has more answers than requests" : null;
    }

    private static <A> void deliver(
            NodeId peer, Asking<A> asking, @Nullable A answer, @Nullable RemoteException refusal) {
        if (answer != null) {
            asking.onReply(peer, answer);
        } else if (refusal != null) {
            asking.onFailure(peer, refusal);
        } else {
            asking.askAlone(peer);
        }
    }

    private static String text(ByteBuffer in) {
        return Codec.utf8().decode(ByteBuffer.wrap(ByteReaders.readBlock(in)));
    }

    public static <A> Codec<BatchedAnswers<A>> codec(Codec<A> one) {
        return new BatchCodec<>(one);
    }

    private record BatchCodec<A>(Codec<A> one) implements Codec<BatchedAnswers<A>> {
        @Override
        public void encode(BatchedAnswers<A> batch, ByteWriter out) {
            int full = out.size() + ROOM_BYTES;
            int inVain = 0;
            for (int i = 0; i < batch.answers.length; i++) {
                int start = out.size();
                if (start >= full || inVain > MAX_IN_VAIN_BYTES) {
                    out.putByte(ASK_ALONE);
                    continue;
                }
                put(batch.answers[i], out);
                if (out.size() > full && i > 0) {
                    inVain += out.size() - start;
                    out.truncate(start).putByte(ASK_ALONE);
                }
            }
        }

        /** An object that is no throwable was given as an answer. */
        @SuppressWarnings("unchecked")
        private void put(@Nullable Object answer, ByteWriter out) {
            if (answer == null) {
                throw new IllegalStateException("a request of the batch has no answer yet");
            } else if (answer instanceof Throwable reason) {
                out.putByte(REFUSAL)
                        .putByte(RefusalKind.of(reason).code())
                        .putBlock(Fields.utf8(String.valueOf(reason.getMessage())));
            } else {
                Sized.put(one, (A) answer, out.putByte(ANSWER));
            }
        }

        @Override
        public BatchedAnswers<A> decode(ByteBuffer in) {
            ByteBuffer copy = ByteBuffer.allocate(in.remaining()).put(in).flip();
            return new BatchedAnswers<>(new Object[0], copy);
        }
    }
}
