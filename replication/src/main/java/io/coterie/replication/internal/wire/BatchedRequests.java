package io.coterie.replication.internal.wire;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests that travel as one message. Where they leave they are bytes, written once for all
 * replicas, each request when it comes; where they arrive they are a list.
 */
public final class BatchedRequests<Q> {
    /**
     * So many leave without waiting for more: the other end had better begin with them while this
     * one goes on, and the first of many must not wait too long for the last.
     */
    public static final int MAX_REQUESTS = 128;

    /** How many are taken as one message: a node sends far fewer. */
    public static final int MAX_RECEIVED = 8 * MAX_REQUESTS;

    private final List<Q> received;
    private final int bytes;

    /** Null where they were received. */
    private final @Nullable ByteWriter written;

    private BatchedRequests(List<Q> received, int bytes, @Nullable ByteWriter written) {
        this.received = received;
        this.bytes = bytes;
        this.written = written;
    }

    /** Those that were {@linkplain Sized#put written}, which stay there until they were sent. */
    public static <Q> BatchedRequests<Q> written(ByteWriter out) {
        return new BatchedRequests<>(List.of(), 0, out);
    }

    /** Where they were received: how many bytes they had. */
    public int bytes() {
        return bytes;
    }

    /** In the order of their coming. */
    public List<Q> received() {
        return received;
    }

    public static <Q> Codec<BatchedRequests<Q>> codec(Codec<Q> one) {
        return new BatchedRequestsCodec<>(one);
    }

    private record BatchedRequestsCodec<Q>(Codec<Q> one) implements Codec<BatchedRequests<Q>> {
        @Override
        public void encode(BatchedRequests<Q> requests, ByteWriter out) {
            out.putBytes(Objects.requireNonNull(requests.written).view());
        }

        @Override
        public BatchedRequests<Q> decode(ByteBuffer in) {
            int bytes = in.remaining();
            List<Q> requests = new ArrayList<>(MAX_REQUESTS);
            while (in.hasRemaining()) {
                if (requests.size() == MAX_RECEIVED) {
                    throw new IllegalArgumentException(
                            "more than " + MAX_RECEIVED + " requests in one message: send them in several");
                }
                requests.add(Sized.read(one, in));
            }
            return new BatchedRequests<>(requests, bytes, null);
        }
    }
}
