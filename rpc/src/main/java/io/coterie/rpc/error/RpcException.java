package io.coterie.rpc.error;

import org.jspecify.annotations.Nullable;

/**
 * A call ended without an answer of its handler. The subclasses are all the ways in which that
 * happens; {@link #maybeExecuted()} reports whether the peer may have executed the call. It has no
 * stack trace, as it is made on a loop; its text names the call, the peer, the reason and what to
 * do.
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
