package io.coterie.replication.internal.wire;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.ReplyHandler;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica says to requests that came together: an answer or a refusal to each, in their
 * order. Where it arrives it is kept in bytes, of which only those are read that somebody waits
 * for: a majority does not wait for the rest.
 */
public final class BatchedAnswers<A> {
    /**
     * What a message has room for, in bytes, as long as it holds more than one answer. To what does
     * not fit in, its caller is to ask again, alone.
     */
    private static final int ROOM_BYTES = 256 << 10;

    /**
     * How many bytes may be written that turn out not to fit in. After that no other answer is
     * tried, small as it may be: a batch of requests for one large value would otherwise have that
     * written for each.
     */
    private static final int MAX_IN_VAIN_BYTES = 1 << 20;

    private static final int ANSWER = 0;
    private static final int REFUSAL = 1;
    private static final int ASK_ALONE = 2;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** What is said, as long as it has not left: an answer, or a {@link Throwable}. */
    private final @Nullable Object[] said;

    private final ByteBuffer received;

    /** Who made one of the requests. */
    public interface Asking<A> extends ReplyHandler<A> {
        /** Whether no answer is wanted any more. */
        boolean isOver();

        /** The answer did not fit in with those to others. */
        void askAlone(NodeId replica);
    }

    private BatchedAnswers(@Nullable Object[] said, ByteBuffer received) {
        this.said = said;
        this.received = received;
    }

    /** As many as that, to be said yet. */
    public static <A> BatchedAnswers<A> of(int size) {
        return new BatchedAnswers<>(new Object[size], NOTHING);
    }

    public void answer(int request, A answer) {
        said[request] = answer;
    }

    public void refuse(int request, Throwable reason) {
        said[request] = reason;
    }

    /**
     * Tells those who made the requests what was said to them.
     *
     * @return null, or what is wrong with the rest of it, which was not told
     */
    @Nullable
    public String tell(NodeId peer, Codec<A> one, List<? extends Asking<A>> asking) {
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
                tell(peer, next, answer, refusal);
            } catch (Throwable e) {
                // The others must hear theirs.
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

    private static <A> void tell(NodeId peer, Asking<A> asking, @Nullable A answer, @Nullable RemoteException refusal) {
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
            for (int i = 0; i < batch.said.length; i++) {
                int start = out.size();
                if (start >= full || inVain > MAX_IN_VAIN_BYTES) {
                    out.putByte(ASK_ALONE);
                    continue;
                }
                put(batch.said[i], out);
                if (out.size() > full && i > 0) {
                    inVain += out.size() - start;
                    out.truncate(start).putByte(ASK_ALONE);
                }
            }
        }

        /** What is no throwable was given as an answer. */
        @SuppressWarnings("unchecked")
        private void put(@Nullable Object said, ByteWriter out) {
            if (said == null) {
                throw new IllegalStateException("a request of the batch has no answer yet");
            } else if (said instanceof Throwable reason) {
                out.putByte(REFUSAL)
                        .putByte(RefusalKind.of(reason).code())
                        .putBlock(Fields.utf8(String.valueOf(reason.getMessage())));
            } else {
                Sized.put(one, (A) said, out.putByte(ANSWER));
            }
        }

        @Override
        public BatchedAnswers<A> decode(ByteBuffer in) {
            ByteBuffer copy = ByteBuffer.allocate(in.remaining()).put(in).flip();
            return new BatchedAnswers<>(new Object[0], copy);
        }
    }
}
