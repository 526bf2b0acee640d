package io.coterie.replication;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.RpcMethod;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A method of which many requests may travel as one message, and their answers as another: under load a message costs more
 * than what it carries.
 *
 * @param one for a request that travels alone
 * @param many the same for requests that travel together; each is answered, or refused, for itself
 */
record BatchMethod<Q, A>(RpcMethod<Q, A> one, RpcMethod<Requests<Q>, AnswerBatch<A>> many) {
    /** Makes of a method one that can be asked for many answers. */
    static <Q, A> BatchMethod<Q, A> of(RpcMethod<Q, A> one) {
        return new BatchMethod<>(
                one,
                new RpcMethod<>(
                        one.name() + ".batch",
                        Requests.codec(one.request()),
                        AnswerBatch.codec(one.response()),
                        one.idempotent(),
                        one.least()));
    }

    /** Writes the length of a value before it, so that its codec reads no further. */
    static <T> void putSized(Codec<T> codec, T value, ByteWriter out) {
        int start = out.putInt(0).size();
        codec.encode(value, out);
        out.setInt(start - Integer.BYTES, out.size() - start);
    }

    /** Reads what {@link #putSized} wrote. */
    static <T> T readSized(Codec<T> codec, ByteBuffer in) {
        int limit = in.limit();
        int end = endOfSized(in);
        in.limit(end);
        T value = codec.decode(in);
        in.limit(limit).position(end);
        return value;
    }

    /** Passes over what {@link #putSized} wrote. */
    static void skipSized(ByteBuffer in) {
        int end = endOfSized(in);
        in.position(end);
    }

    private static int endOfSized(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return in.position() + length;
    }
}
