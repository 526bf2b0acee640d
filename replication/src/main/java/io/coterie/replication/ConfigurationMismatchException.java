package io.coterie.replication;

import io.coterie.rpc.CoterieException;

/**
 * Two nodes of a cluster were given different replicas, or a replica was given others than those
 * that its records belong to. Give the same list to all, the one that the cluster was begun with,
 * and start again. Names count, addresses may change.
 */
public final class ConfigurationMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public ConfigurationMismatchException(String message) {
        super(message, false, null);
    }
}
