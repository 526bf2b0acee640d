package io.coterie.rpc;

import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.node.NodeId;

/**
 * Serves a method, and answers with what it returns. Given to {@link RpcNode#serve}, it runs on a
 * thread of the node's executor, where it may block. Given to {@link RpcNode#serveInline}, it runs
 * on the loop, where it must not.
 *
 * @param <Q> the type of requests
 * @param <R> the type of answers
 */
@FunctionalInterface
public interface RpcHandler<Q, R> {
    /**
     * Answers a request. On an executor's thread, it is interrupted when its caller cancels the
     * call.
     *
     * @param caller the node that made the call
     * @throws Exception anything: the caller gets a {@link RemoteException} with its type and
     *     message, or, for {@link OverloadedException#ofHandler}, an {@link OverloadedException}
     */
    R handle(NodeId caller, Q request) throws Exception;
}
