package io.coterie.replication.clock;

import io.coterie.rpc.spi.Clock;

/**
 * The time that ballots are made from: this node's wall clock, or the time of a majority of the
 * replicas where they disagree with it. So a node whose clock is wrong can change strong stores as
 * well as any other.
 *
 * <p>Only to be used on the node's loop.
 */
public final class ClusterTime {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long OWN = Long.MIN_VALUE;

    private final Clock clock;

    /**
     * The wall clock of a majority of the replicas minus this node's steady clock, in milliseconds;
     * {@link #OWN} while this node's wall clock counts.
     */
    private long offset = OWN;

    /** The time of a node that has not compared its clock yet. */
    public ClusterTime(Clock clock) {
        this.clock = clock;
    }

    /** The time in milliseconds since 1970. */
    public long wallMillis() {
        return offset == OWN ? clock.wallMillis() : clock.nanos() / NANOS_PER_MILLI + offset;
    }

    /**
     * Takes the result of a comparison with the clocks of the replicas.
     *
     * @param aheadMillis how far the clocks of a majority are ahead of this node's, in
     *     milliseconds; below zero if they are behind, 0 if they agree
     */
    public void compared(long aheadMillis) {
        offset = aheadMillis == 0 ? OWN : clock.wallMillis() - clock.nanos() / NANOS_PER_MILLI + aheadMillis;
    }
}
