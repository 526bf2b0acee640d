package io.coterie.consistency.internal.wire;

import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;

/**
 * What the origin of a forwarded batch asks the home of its key that has not answered for a while: a home that has much to do is so
 * told from one that never got the batch, or whose answer was lost, and from one that is cut off from the others.
 *
 * @param origin of the batch, see {@link Forwarded}
 * @param stamp the same
 */
public record HomeQuestion(byte[] key, long origin, long stamp) {
    /** What a home says of a batch. */
    public enum Answer {
        /** It is among what it does, and a majority has answered it of late. */
        GOES_ON,
        /** It is among what it would do, but a majority has not answered for a while. */
        STANDS,
        /** It does not have it, or has it no more. */
        NOT_HERE
    }

    /** The method of one store. */
    public static RpcMethod<HomeQuestion, Answer> method(String store) {
        return new RpcMethod<>("strong.goes-on/" + store, new QuestionCodec(), new AnswerCodec(), true);
    }

    private static final class QuestionCodec implements Codec<HomeQuestion> {
        @Override
        public void encode(HomeQuestion question, ByteWriter out) {
            out.putBlock(question.key()).putLong(question.origin()).putLong(question.stamp());
        }

        @Override
        public HomeQuestion decode(ByteBuffer in) {
            HomeQuestion question = new HomeQuestion(ByteReaders.readBlock(in), in.getLong(), in.getLong());
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return question;
        }
    }

    private static final class AnswerCodec implements Codec<Answer> {
        private static final byte GOES_ON = 1;
        private static final byte STANDS = 2;
        private static final byte NOT_HERE = 3;

        @Override
        public void encode(Answer answer, ByteWriter out) {
            out.putByte(
                    switch (answer) {
                        case GOES_ON -> GOES_ON;
                        case STANDS -> STANDS;
                        case NOT_HERE -> NOT_HERE;
                    });
        }

        @Override
        public Answer decode(ByteBuffer in) {
            byte kind = in.get();
            return switch (kind) {
                case GOES_ON -> Answer.GOES_ON;
                case STANDS -> Answer.STANDS;
                case NOT_HERE -> Answer.NOT_HERE;
                default -> throw new IllegalArgumentException("no answer is of kind " + kind);
            };
        }
    }
}
