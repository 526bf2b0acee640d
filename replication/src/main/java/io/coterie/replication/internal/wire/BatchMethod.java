package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.Codec;

/**
 * A method whose requests may travel together as one message, and their answers as another: under
 * load a message costs more than its content.
 *
 * @param one for a request that travels alone
 * @param many for requests that travel together; each is answered or refused separately
 * @param request the bytes of a request
 */
public record BatchMethod<Q, A>(
        RpcMethod<Addressed<Q>, A> one,
        RpcMethod<Addressed<BatchedRequests<Q>>, BatchedAnswers<A>> many,
        Codec<Q> request) {
    /** Adds to a method one for many requests. */
    public static <Q, A> BatchMethod<Q, A> of(RpcMethod<Q, A> one) {
        RpcMethod<BatchedRequests<Q>, BatchedAnswers<A>> many = new RpcMethod<>(
                one.name() + ".batch",
                BatchedRequests.codec(one.request()),
                BatchedAnswers.codec(one.response()),
                one.idempotent(),
                one.minRole());
        return new BatchMethod<>(Addressed.method(one), Addressed.method(many), one.request());
    }
}
