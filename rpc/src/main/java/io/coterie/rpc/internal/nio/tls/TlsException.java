package io.coterie.rpc.internal.nio.tls;

import java.io.IOException;

/**
 * TLS could not be established, or broke. The text says what is wrong with the other end, which it
 * calls "it".
 */
public final class TlsException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
