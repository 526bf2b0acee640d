package io.coterie.replication.internal.tables;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HybridClock;
import io.coterie.rpc.spi.Clock;

/**
 * How far the ballots of a journal are ahead of the time. If most of them are, the clocks of the
 * cluster were set back, and the replica continues from these ballots. If some are, a node with a
 * wrong clock or a malicious one asked for them: they must not affect other keys.
 */
public final class RecoveredBallots {
    /** No clock shows such a time, and the counter has room for all that may follow. */
    private static final long HIGHEST_HONEST = Long.MAX_VALUE >> 1;

    private final Clock clock;
    private final long latest;
    private long entries;
    private long ahead;
    private long highest;
    private long highestHonest;
    private long absurd;

    public RecoveredBallots(Clock clock) {
        this.clock = clock;
        this.latest = BallotClock.latest(clock.wallMillis());
    }

    public void add(long counter) {
        entries++;
        if (counter > latest) {
            ahead++;
            highest = Math.max(highest, counter);
            if (counter <= HIGHEST_HONEST) {
                highestHonest = Math.max(highestHonest, counter);
            } else {
                absurd++;
            }
        }
    }

    /** How many entries have a ballot that is too far ahead, and counts for its key alone. */
    public long ahead() {
        return areOfCluster() ? absurd : ahead;
    }

    /** How far the highest of these is ahead of the time, in milliseconds. */
    public long highestLeadMillis() {
        return HybridClock.millis(highest) - clock.wallMillis();
    }

    /** Whether the clocks were set back. */
    public boolean areOfCluster() {
        return 2 * ahead > entries && highestHonest > 0;
    }

    /** How far ahead of the present time the cluster was before that, in milliseconds. */
    public long clusterLeadMillis() {
        return HybridClock.millis(highestHonest) - clock.wallMillis();
    }

    /**
     * The highest ballot that is accepted whatever the time is: as far above the highest of the
     * cluster as is allowed above the time. 0 if the clocks were not set back.
     */
    public long bound() {
        return areOfCluster() ? BallotClock.latest(HybridClock.millis(highestHonest)) : 0;
    }
}
