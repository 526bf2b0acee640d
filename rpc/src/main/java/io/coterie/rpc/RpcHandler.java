package io.coterie.rpc;

/**
 * Serves a method, done when it returns: given to {@link RpcNode#serve}, on a thread of the node's executor, where it may block;
 * given to {@link RpcNode#serveInline}, on the loop, where it must not.
 */
@FunctionalInterface
public interface RpcHandler<Q, R> {
    /**
     * Answers a request.
     *
     * @throws Exception anything: the caller gets a {@link RemoteException} with its type and message; but of
     *     {@link OverloadedException#ofHandler}, an {@link OverloadedException}
     */
    R handle(NodeId caller, Q request) throws Exception;
}
