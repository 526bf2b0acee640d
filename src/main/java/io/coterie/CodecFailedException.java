package io.coterie;

import io.coterie.rpc.CoterieException;

/** A codec threw: when it wrote, nothing was sent or changed; when it read, the stored bytes are not of its type. */
public final class CodecFailedException extends CoterieException {
    private static final long serialVersionUID = 1L;

    CodecFailedException(String message, boolean maybeExecuted, Throwable cause) {
        super(message, maybeExecuted, cause);
    }
}
