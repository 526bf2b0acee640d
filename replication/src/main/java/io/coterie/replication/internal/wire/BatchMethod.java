package io.coterie.replication.internal.wire;

import io.coterie.rpc.RpcMethod;

/**
 * A method of which many requests may travel as one message, and their answers as another: under
 * load a message costs more than what it carries.
 *
 * @param one for a request that travels alone
 * @param many the same for requests that travel together; each is answered, or refused, for itself
 */
public record BatchMethod<Q, A>(RpcMethod<Q, A> one, RpcMethod<BatchedRequests<Q>, BatchedAnswers<A>> many) {
    /** Makes of a method one that can be asked for many answers. */
    public static <Q, A> BatchMethod<Q, A> of(RpcMethod<Q, A> one) {
        return new BatchMethod<>(
                one,
                new RpcMethod<>(
                        one.name() + ".batch",
                        BatchedRequests.codec(one.request()),
                        BatchedAnswers.codec(one.response()),
                        one.idempotent(),
                        one.least()));
    }
}
