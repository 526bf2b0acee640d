package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;

/**
 * The store was opened with another policy before, at this node or another one. Nothing was
 * executed. To fix it, open the store with that policy, or choose another name.
 */
public final class PolicyMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a human-readable text. */
    public PolicyMismatchException(String message) {
        super(message, false, null);
    }
}
