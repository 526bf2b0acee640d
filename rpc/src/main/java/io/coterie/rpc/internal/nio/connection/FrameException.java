package io.coterie.rpc.internal.nio.connection;

import java.io.IOException;

/**
 * The other end sent bytes that no peer of this library sends, so its connection cannot be read any
 * further.
 */
public final class FrameException extends IOException {
    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message);
    }
}
