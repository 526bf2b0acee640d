package io.coterie.replication.internal.clock;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HybridClock;

/**
 * Up to where a replica promises and accepts ballots: {@link BallotClock#MAX_LEAD} above the latest
 * time that it has seen since its start, and for each key a little above what was promised for it
 * already. So what one node asks for cannot use up the numbers that all others need; and a cluster
 * whose clocks were set back goes on. Refusing a ballot is always safe.
 *
 * <p>Only to be used on the node's loop.
 */
public final class BallotBound {
    private final ClusterTime time;
    private long latest;

    /**
     * A bound.
     *
     * @param promised what was promised in earlier starts, as far as it counts whatever the time
     *     is; 0 for nothing
     */
    public BallotBound(ClusterTime time, long promised) {
        this.time = time;
        this.latest = promised;
    }

    /**
     * Whether a ballot is taken for a key.
     *
     * @param promised the counter of the ballot that is promised for it
     */
    public boolean takes(long counter, long promised) {
        return isWithin(counter) || isStep(counter, promised);
    }

    /**
     * Whether a ballot is so little above what is promised for a key that it is taken wherever the
     * bound is.
     */
    public static boolean isStep(long counter, long promised) {
        return counter - promised <= BallotClock.STEP;
    }

    /** Whether a ballot is taken for any key. */
    public boolean isWithin(long counter) {
        if (counter > latest) {
            latest = Math.max(latest, BallotClock.latest(time.wallMillis()));
        }
        return counter <= latest;
    }

    /** How far ahead of the time a ballot is, in milliseconds. */
    public long leadMillis(long counter) {
        return HybridClock.millis(counter) - time.wallMillis();
    }
}
