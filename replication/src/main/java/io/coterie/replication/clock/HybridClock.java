package io.coterie.replication.clock;

/**
 * The readings of hybrid logical clocks (Kulkarni et al., Logical Physical Clocks, 2014), which
 * only rise, follow the wall clock where it runs well, and are above every reading that their node
 * was shown and trusts: 48 bits of milliseconds since 1970 and 16 bits that count within one
 * millisecond. Ballots come from a {@link BallotClock}, stamps from a {@link StampClock}.
 */
public final class HybridClock {
    private static final int LOGICAL_BITS = 16;

    private HybridClock() {}

    /** The first reading within a millisecond since 1970. */
    public static long reading(long millis) {
        return millis << LOGICAL_BITS;
    }

    /** The wall-clock part of a reading, in milliseconds since 1970. */
    public static long millis(long reading) {
        return reading >>> LOGICAL_BITS;
    }
}
