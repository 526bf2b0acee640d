package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;

/**
 * A replica was started with another list of replicas than the one that its records belong to, and
 * its cluster is not founded yet. To fix it, give all replicas the same list, and start them again.
 * Only the names count: addresses may change.
 *
 * <p>Once the cluster is founded, the replicas know who its members are. Then the list only has to
 * name some of them.
 */
public final class ConfigurationMismatchException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a human-readable text. */
    public ConfigurationMismatchException(String message) {
        super(message, false, null);
    }
}
