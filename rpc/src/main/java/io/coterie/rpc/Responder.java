package io.coterie.rpc;

import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RemoteException;

/**
 * Where an {@link InlineHandler} leaves its answer. Used on the loop only. The first answer counts;
 * later ones are dropped.
 */
public interface Responder<R> {
    /** Answers the call. The value is encoded before this returns. */
    void reply(R response);

    /**
     * Makes the call fail. The caller gets a {@link RemoteException} with the error's type and
     * message, or, for {@link OverloadedException#ofHandler}, an {@link OverloadedException}.
     */
    void fail(Throwable error);

    /**
     * Whether the caller still waits for an answer, as far as this node knows: there was no answer
     * yet, the deadline has not come, and the caller has not cancelled the call. Where it does not
     * wait, a handler need not do what takes long.
     */
    default boolean isAwaited() {
        return true;
    }
}
