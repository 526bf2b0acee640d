package io.coterie.rpc.spi;

/**
 * Where a node draws its random numbers. Protocol code has no other source. Used on the node's loop
 * only.
 */
public interface RandomSource {
    /** Any of the 2^64 values, all equally likely. */
    long nextLong();

    /**
     * A number in [0, bound).
     *
     * @param bound above zero
     * @throws IllegalArgumentException if it is not
     */
    default long nextLong(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not above zero");
        }
        return (nextLong() >>> 1) % bound;
    }

    /** A number in [0, 1). */
    default double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }
}
