package io.coterie.rpc.internal.nio.connection;

import java.nio.ByteBuffer;

/** A piece of memory with frames that wait to be written; a frame may begin in one and end in another. */
final class Chunk {
    private static final int NONE = -1;

    final ByteBuffer bytes;
    private int firstFrame = NONE;

    Chunk(int size) {
        bytes = ByteBuffer.allocateDirect(size);
    }

    /** A frame begins where the next byte is put. */
    void frameBegins() {
        if (firstFrame == NONE) {
            firstFrame = bytes.position();
        }
    }

    /**
     * How many bytes remain to be written before the next frame begins, or all that remain if none
     * begins here. Zero if a frame is the next thing to be written.
     */
    int bytesToFrame() {
        int position = bytes.position();
        int frame = firstFrame == NONE ? bytes.limit() : firstFrame;
        while (frame < position) {
            frame += bytes.getInt(frame) + Frame.OVERHEAD_BYTES - 1;
        }
        return Math.min(frame, bytes.limit()) - position;
    }

    Chunk clear() {
        bytes.clear();
        firstFrame = NONE;
        return this;
    }
}
