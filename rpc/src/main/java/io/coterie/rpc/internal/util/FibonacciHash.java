package io.coterie.rpc.internal.util;

/**
 * The hash of the tables with primitive keys: Fibonacci hashing (Knuth, The Art of Computer
 * Programming, volume 3, 6.4). Numbers that follow each other spread over all slots. Side by side,
 * they would be one long run to look through at each removal.
 */
public final class FibonacciHash {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private FibonacciHash() {}

    /**
     * The slot of a key.
     *
     * @param shift 64 less the number of bits that number the slots
     */
    public static int slot(long key, int shift) {
        return (int) ((key * MULTIPLIER) >>> shift);
    }
}
