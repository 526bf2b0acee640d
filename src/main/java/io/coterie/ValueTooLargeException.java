package io.coterie;

import io.coterie.rpc.error.CoterieException;

/**
 * A key or value has more bytes than a store takes. Nothing was sent or changed. The text names the
 * limit, and the option that sets it if there is one.
 */
public final class ValueTooLargeException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param message which limit was met, and which option sets it; human-readable
     */
    public ValueTooLargeException(String message) {
        super(message, false, null);
    }
}
