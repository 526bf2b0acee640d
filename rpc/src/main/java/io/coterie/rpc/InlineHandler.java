package io.coterie.rpc;

/** Serves a method on the node's loop, where it must not block; it answers then or later. */
@FunctionalInterface
public interface InlineHandler<Q, R> {
    /**
     * Takes a request.
     *
     * @param answer to be called once, on the loop, now or later; the caller waits until then or until its deadline
     */
    void handle(NodeId caller, Q request, Responder<R> answer);
}
