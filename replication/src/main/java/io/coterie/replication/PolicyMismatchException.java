package io.coterie.replication;

import io.coterie.rpc.CoterieException;

/**
 * The store was opened with another policy before, here or elsewhere. Open it with that one, or use
 * another name.
 */
public final class PolicyMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public PolicyMismatchException(String message) {
        super(message, false, null);
    }
}
