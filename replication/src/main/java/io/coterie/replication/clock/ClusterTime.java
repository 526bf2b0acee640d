package io.coterie.replication.clock;

import io.coterie.rpc.Clock;

/**
 * The time that ballots go by: this node's wall clock, unless most replicas have another time. Then
 * it is theirs, so that a node whose clock is wrong changes strong stores as well as any other.
 *
 * <p>Only to be used on the node's loop.
 */
public final class ClusterTime {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long OWN = Long.MIN_VALUE;

    private final Clock clock;

    /**
     * Wall clock less the steady one, in milliseconds, by the word of most replicas; {@link #OWN}
     * while this node's counts.
     */
    private long offset = OWN;

    public ClusterTime(Clock clock) {
        this.clock = clock;
    }

    /** In milliseconds since 1970. */
    public long wallMillis() {
        return offset == OWN ? clock.wallMillis() : clock.nanos() / NANOS_PER_MILLI + offset;
    }

    /**
     * What is known of the replicas' clocks.
     *
     * @param aheadMillis how far those of most replicas are ahead of this node's; below zero if
     *     they are behind, 0 if they agree
     */
    public void compared(long aheadMillis) {
        offset = aheadMillis == 0 ? OWN : clock.wallMillis() - clock.nanos() / NANOS_PER_MILLI + aheadMillis;
    }
}
