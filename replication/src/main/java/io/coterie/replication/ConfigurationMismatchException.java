package io.coterie.replication;

import io.coterie.rpc.CoterieException;

/** Two nodes of a cluster were given different replicas. Give the same list to all and start again. */
public final class ConfigurationMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public ConfigurationMismatchException(String message) {
        super(message, false, null);
    }
}
