package io.coterie.rpc.internal.util;

/**
 * Decides when a buffer that grew for something large is replaced by a small one: after 100 uses in
 * a row of 64 KiB or less. So one large message costs its memory for a while, and not for as long
 * as the connection lasts.
 */
public final class BufferUse {
    private static final int LARGE_BYTES = 1 << 16;
    private static final int SMALL_USES = 100;

    private boolean grown;
    private int smallUses;

    /** Notes that so many bytes were needed. */
    public void note(int bytes) {
        if (bytes > LARGE_BYTES) {
            grown = true;
            smallUses = 0;
        } else if (grown) {
            smallUses++;
        }
    }

    /** Whether to replace the buffer now. If so, the caller must replace it. */
    public boolean shrinks() {
        if (!grown || smallUses < SMALL_USES) {
            return false;
        }
        grown = false;
        smallUses = 0;
        return true;
    }
}
