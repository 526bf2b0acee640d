package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/** A call that brought no answer of its handler. The subclasses are all the ways in which that happens. */
public abstract sealed class RpcException extends CoterieException
        permits PeerUnavailableException,
                ConnectionLostException,
                DeadlineExceededException,
                OverloadedException,
                RemoteException,
                UnknownMethodException,
                MessageTooLargeException,
                MalformedMessageException,
                NodeClosedException {
    private static final long serialVersionUID = 1L;

    RpcException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
