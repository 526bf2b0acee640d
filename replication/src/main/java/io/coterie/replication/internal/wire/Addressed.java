package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;

/**
 * A request, and for whom it is. An answer counts only for the group of replicas that its caller
 * knows: majorities of two groups need not share a replica.
 *
 * @param since the epoch of the last change of the partition, as the caller knows it; 0 if it knows
 *     no configuration
 * @param incarnation that of the replica, as the caller knows it; 0 if it knows no configuration
 */
public record Addressed<Q>(long since, long incarnation, Q request) {
    /** How many bytes come before the request. */
    public static final int HEADER_BYTES = 2 * Long.BYTES;

    /** The same method with addressed requests. */
    public static <Q, A> RpcMethod<Addressed<Q>, A> method(RpcMethod<Q, A> plain) {
        return new RpcMethod<>(
                plain.name(), codec(plain.request()), plain.response(), plain.idempotent(), plain.minRole());
    }

    private static <Q> Codec<Addressed<Q>> codec(Codec<Q> one) {
        return new Codec<>() {
            @Override
            public void encode(Addressed<Q> addressed, ByteWriter out) {
                out.putLong(addressed.since).putLong(addressed.incarnation);
                one.encode(addressed.request, out);
            }

            @Override
            public Addressed<Q> decode(ByteBuffer in) {
                return new Addressed<>(in.getLong(), in.getLong(), one.decode(in));
            }
        };
    }
}
