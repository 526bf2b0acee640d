package io.coterie.replication.clock;

/**
 * The layout of readings of hybrid logical clocks (Kulkarni et al., Logical Physical Clocks, 2014):
 * 48 bits of milliseconds since 1970, and 16 bits that count within one millisecond. The readings
 * of a node only rise. They follow its wall clock where that runs well, and are above every reading
 * that the node has observed and trusts. Ballots come from a {@link BallotClock}, timestamps from a
 * {@link HlcClock}. Pure functions: any thread may call them.
 */
public final class HybridClock {
    private static final int LOGICAL_BITS = 16;

    private HybridClock() {}

    /** The first reading of a millisecond since 1970. */
    public static long reading(long millis) {
        return millis << LOGICAL_BITS;
    }

    /** The wall-clock part of a reading, in milliseconds since 1970. */
    public static long millis(long reading) {
        return reading >>> LOGICAL_BITS;
    }
}
