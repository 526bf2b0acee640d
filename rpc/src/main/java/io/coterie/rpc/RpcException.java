package io.coterie.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A call that brought no answer of its handler. The subclasses are all the ways in which that happens.
 * Made on a loop, it has no stack trace of its own; its text names the call, the peer and the reason.
 */
public abstract sealed class RpcException extends CoterieException
        permits PeerUnavailableException,
                ConnectionLostException,
                DeadlineExceededException,
                OverloadedException,
                OutcomeForgottenException,
                RemoteException,
                UnknownMethodException,
                NotPermittedException,
                MessageTooLargeException,
                MalformedMessageException,
                NodeClosedException {
    private static final long serialVersionUID = 1L;

    RpcException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause, false);
    }
}
