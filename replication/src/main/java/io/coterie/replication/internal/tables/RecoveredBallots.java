package io.coterie.replication.internal.tables;

import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.clock.HybridClock;
import io.coterie.rpc.Clock;

/**
 * How far ahead of the time the ballots are that a journal tells of. If it is most of them, the
 * clocks of the cluster were set back, and it goes on from where it was. If it is some, a node
 * asked for them whose clock was wrong, or who meant harm: the other keys are to be kept from
 * these.
 */
public final class RecoveredBallots {
    /** No clock came that far, and there is room for all that may follow. */
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

    /** How many entries have a ballot that is too far ahead, and count for their keys alone. */
    public long ahead() {
        return areOfCluster() ? absurd : ahead;
    }

    /** How far ahead of the time the highest of these is, in milliseconds. */
    public long highestLeadMillis() {
        return HybridClock.millis(highest) - clock.wallMillis();
    }

    /** Whether the clocks were set back. */
    public boolean areOfCluster() {
        return 2 * ahead > entries && highestHonest > 0;
    }

    /** How far ahead of the time the cluster was before that, in milliseconds. */
    public long clusterLeadMillis() {
        return HybridClock.millis(highestHonest) - clock.wallMillis();
    }

    /**
     * Up to where ballots are taken whatever the time is: as far above the highest as above any
     * time; 0 for nothing.
     */
    public long bound() {
        return areOfCluster() ? BallotClock.latest(HybridClock.millis(highestHonest)) : 0;
    }
}
