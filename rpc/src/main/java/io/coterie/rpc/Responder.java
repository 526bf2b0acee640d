package io.coterie.rpc;

/** Where an {@link InlineHandler} leaves its answer. Only to be used on the loop; what follows a first answer is dropped. */
public interface Responder<R> {
    /** Answers. */
    void reply(R response);

    /**
     * Lets the call fail at its caller with a {@link RemoteException} of the error's type and message, or, of
     * {@link OverloadedException#ofHandler}, with an {@link OverloadedException}.
     */
    void fail(Throwable error);

    /**
     * Whether the caller still waits for an answer, as far as this node knows: its deadline has not come, it has not given up, and
     * there was none. What takes long, or has waited, need not be done where not.
     */
    default boolean isAwaited() {
        return true;
    }
}
