package io.coterie.replication.internal.wire;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests that travel as one message. At the sender they are bytes: each request is encoded when
 * it comes, once for all replicas. At the receiver they are a list.
 */
public final class BatchedRequests<Q> {
    /**
     * A batch of so many is sent without waiting for more: the receiver should begin with them
     * while this node continues, and the first request must not wait too long for the last.
     */
    public static final int MAX_REQUESTS = 128;

    /** The most requests that are accepted in one message; a node sends far fewer. */
    public static final int MAX_RECEIVED = 8 * MAX_REQUESTS;

    private final List<Q> received;
    private final int bytes;

    /** Null at the receiver. */
    private final @Nullable ByteWriter written;

    private BatchedRequests(List<Q> received, int bytes, @Nullable ByteWriter written) {
        this.received = received;
        this.bytes = bytes;
        this.written = written;
    }

    /**
     * Requests that were {@linkplain Sized#put encoded}; the bytes must stay until they are sent.
     */
    public static <Q> BatchedRequests<Q> written(ByteWriter out) {
        return new BatchedRequests<>(List.of(), 0, out);
    }

    /** At the receiver: how many bytes they had. */
    public int bytes() {
        return bytes;
    }

    /** At the receiver: the requests, in their order. */
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
