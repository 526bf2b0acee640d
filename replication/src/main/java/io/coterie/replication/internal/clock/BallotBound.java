package io.coterie.replication.internal.clock;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HybridClock;

/**
 * The bound of the ballots that a replica promises and accepts: {@link BallotClock#MAX_LEAD} above
 * the latest time that it has seen since its start, and for each key a little above its promise. So
 * one node cannot use up the numbers that all others need, and a cluster whose clocks were set back
 * continues to work. To refuse a ballot is always safe.
 *
 * <p>Only to be used on the node's loop.
 */
public final class BallotBound {
    private final ClusterTime time;
    private long latest;

    /**
     * A bound.
     *
     * @param promised the bound from earlier starts that holds whatever the time is; 0 for none
     */
    public BallotBound(ClusterTime time, long promised) {
        this.time = time;
        this.latest = promised;
    }

    /**
     * Whether a ballot is accepted for a key.
     *
     * @param promised the counter of the ballot that is promised for the key
     */
    public boolean takes(long counter, long promised) {
        return isWithin(counter) || isStep(counter, promised);
    }

    /**
     * Whether a ballot is so little above the promise of a key that it is accepted whatever the
     * bound is.
     */
    public static boolean isStep(long counter, long promised) {
        return counter - promised <= BallotClock.STEP;
    }

    /** Whether a ballot is accepted for any key. */
    public boolean isWithin(long counter) {
        if (counter > latest) {
            latest = Math.max(latest, BallotClock.latest(time.wallMillis()));
        }
        return counter <= latest;
    }

    /** How far a ballot is ahead of the time, in milliseconds. */
    public long leadMillis(long counter) {
        return HybridClock.millis(counter) - time.wallMillis();
    }
}
