package io.coterie.rpc.internal.nio.connection;

import java.io.IOException;

/** Bytes that are not what a peer of this library sends: its connection cannot be read any further. */
public final class FrameException extends IOException {
    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message);
    }
}
