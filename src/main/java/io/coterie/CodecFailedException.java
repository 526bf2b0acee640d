package io.coterie;

import io.coterie.rpc.error.CoterieException;
import org.jspecify.annotations.Nullable;

/**
 * A codec threw an exception. If it was writing, nothing was sent or changed. If it was reading,
 * the stored bytes are not of its type, and {@link #maybeExecuted()} says whether the operation may
 * have changed them.
 */
public final class CodecFailedException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which codec failed, at what, and what to do; human-readable
     * @param maybeExecuted see {@link #maybeExecuted()}
     * @param cause what the codec threw; null if it returned null
     */
    public CodecFailedException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
