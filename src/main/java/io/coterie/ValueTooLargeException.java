package io.coterie;

import io.coterie.rpc.CoterieException;

/** A key or value has more bytes than a store takes. Nothing was sent or changed. */
public final class ValueTooLargeException extends CoterieException {
    private static final long serialVersionUID = 1L;

    ValueTooLargeException(String message) {
        super(message, false, null);
    }
}
