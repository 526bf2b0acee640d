package io.coterie.rpc;

/** Serves a method on a thread of the node's executor, where it may block. */
@FunctionalInterface
public interface RpcHandler<Q, R> {
    /**
     * Answers a request.
     *
     * @throws Exception anything: the caller gets a {@link RemoteException} with its type and message
     */
    R handle(NodeId caller, Q request) throws Exception;
}
