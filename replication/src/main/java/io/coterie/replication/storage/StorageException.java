package io.coterie.replication.storage;

import io.coterie.rpc.CoterieException;
import org.jspecify.annotations.Nullable;

/**
 * A journal cannot be opened, or a write to it failed. The text names the file, what was found and
 * what to do.
 */
public final class StorageException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people. */
    public StorageException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
