package io.coterie.consistency.internal.wire;

import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;

/**
 * The question of a forwarded batch's origin to a home that has not answered for a while: the
 * answer distinguishes a home that has much to do from one that never got the batch, or whose
 * answer was lost, and from one that is cut off from the others.
 *
 * @param origin of the batch, see {@link Forwarded}
 * @param timestamp of the batch
 */
public record BatchStatusQuery(byte[] key, long origin, long timestamp) {
    /** The method of one store. */
    public static RpcMethod<BatchStatusQuery, BatchStatus> method(String store) {
        return new RpcMethod<>("strong.goes-on/" + store, new QueryCodec(), new StatusCodec(), true);
    }

    private static final class QueryCodec implements Codec<BatchStatusQuery> {
        @Override
        public void encode(BatchStatusQuery query, ByteWriter out) {
            out.putBlock(query.key()).putLong(query.origin()).putLong(query.timestamp());
        }

        @Override
        public BatchStatusQuery decode(ByteBuffer in) {
            BatchStatusQuery query = new BatchStatusQuery(ByteReaders.readBlock(in), in.getLong(), in.getLong());
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return query;
        }
    }

    private static final class StatusCodec implements Codec<BatchStatus> {
        private static final byte IN_PROGRESS = 1;
        private static final byte STALLED = 2;
        private static final byte UNKNOWN = 3;

        @Override
        public void encode(BatchStatus status, ByteWriter out) {
            out.putByte(
                    switch (status) {
                        case IN_PROGRESS -> IN_PROGRESS;
                        case STALLED -> STALLED;
                        case UNKNOWN -> UNKNOWN;
                    });
        }

        @Override
        public BatchStatus decode(ByteBuffer in) {
            byte kind = in.get();
            return switch (kind) {
                case IN_PROGRESS -> BatchStatus.IN_PROGRESS;
                case STALLED -> BatchStatus.STALLED;
                case UNKNOWN -> BatchStatus.UNKNOWN;
                default -> throw new IllegalArgumentException("no answer is of kind " + kind);
            };
        }
    }
}
