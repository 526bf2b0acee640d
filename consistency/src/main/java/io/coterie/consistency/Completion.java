package io.coterie.consistency;

/** Waits for the end of one operation. One of its methods is called once, on the loop. */
public interface Completion {
    /** The operation ended with this result. */
    void complete(Result result);

    /**
     * The operation ended otherwise: with a {@link io.coterie.rpc.error.CoterieException} that
     * reports whether it may have been applied, or with what a user's function threw, in which case
     * it was not applied.
     */
    void fail(Throwable error);
}
