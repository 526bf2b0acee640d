package io.coterie.replication.storage;

import io.coterie.rpc.error.CoterieException;
import org.jspecify.annotations.Nullable;

/**
 * A journal cannot be opened, or a write to it failed. The text names the file, the problem and
 * what to do. After a failed write, {@link #maybeExecuted()} is true: the record may be durable or
 * not.
 */
public final class StorageException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /** An exception with a human-readable text. */
    public StorageException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
