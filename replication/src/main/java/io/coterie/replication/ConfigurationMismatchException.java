package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;

/**
 * Two nodes of a cluster were given different lists of replicas, or a replica was given another
 * list than the one that its records belong to. Nothing was executed. To fix it, give all nodes the
 * list that the cluster was first started with, and start them again. Only the names count:
 * addresses may change.
 */
public final class ConfigurationMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a human-readable text. */
    public ConfigurationMismatchException(String message) {
        super(message, false, null);
    }
}
