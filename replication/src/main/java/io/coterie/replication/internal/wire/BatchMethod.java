package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;

/**
 * A method whose requests may travel together as one message, and their answers as another: under
 * load a message costs more than its content.
 *
 * @param one for a request that travels alone
 * @param many for requests that travel together; each is answered or refused separately
 */
public record BatchMethod<Q, A>(RpcMethod<Q, A> one, RpcMethod<BatchedRequests<Q>, BatchedAnswers<A>> many) {
    /** Adds to a method one for many requests. */
    public static <Q, A> BatchMethod<Q, A> of(RpcMethod<Q, A> one) {
        return new BatchMethod<>(
                one,
                new RpcMethod<>(
                        one.name() + ".batch",
                        BatchedRequests.codec(one.request()),
                        BatchedAnswers.codec(one.response()),
                        one.idempotent(),
                        one.minRole()));
    }
}
