package io.coterie;

import io.coterie.rpc.CoterieException;
import org.jspecify.annotations.Nullable;

/**
 * A codec threw: when it wrote, nothing was sent or changed; when it read, the stored bytes are not of its type, and what
 * the operation did to them, {@link #maybeExecuted()} tells.
 */
public final class CodecFailedException extends CoterieException {
    private static final long serialVersionUID = 1L;

    CodecFailedException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
