package io.coterie.consistency.internal.wire;

import io.coterie.consistency.internal.register.ForwardAnswer;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;

/**
 * The answer of a key's home to the origin of a forwarded batch.
 *
 * @param shared whether other nodes change the key, too, so that it is best left to its home
 */
public record HomeAnswer(boolean shared, ForwardAnswer answer) {
    static Codec<HomeAnswer> codec() {
        return new AnswerCodec();
    }

    private static final class AnswerCodec implements Codec<HomeAnswer> {
        @Override
        public void encode(HomeAnswer value, ByteWriter out) {
            value.answer().write(out.putByte(value.shared() ? 1 : 0));
        }

        @Override
        public HomeAnswer decode(ByteBuffer in) {
            boolean shared = in.get() != 0;
            return new HomeAnswer(shared, ForwardAnswer.read(in));
        }
    }
}
