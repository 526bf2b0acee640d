package io.coterie.rpc;

import io.coterie.rpc.node.NodeId;

/**
 * Serves a method on the node's loop, where it must not block. It may answer before it returns, or
 * later.
 *
 * @param <Q> the type of requests
 * @param <R> the type of answers
 */
@FunctionalInterface
public interface InlineHandler<Q, R> {
    /**
     * Takes a request. What it throws is the answer, as if {@link Responder#fail} was called.
     *
     * @param caller the node that made the call
     * @param answer to be called once, on the loop, now or later; the caller waits until then or
     *     until its deadline
     */
    void handle(NodeId caller, Q request, Responder<R> answer);
}
