package io.coterie.replication;

import io.coterie.rpc.Clock;

/**
 * How far ahead of the time the ballots are that a journal tells of. If it is most of them, the clocks of the cluster were set back,
 * and it goes on from where it was. If it is some, a node asked for them whose clock was wrong, or who meant harm: the other keys are
 * to be kept from these.
 */
final class RecoveredBallots {
    /** No clock came that far, and there is room for all that may follow. */
    private static final long HIGHEST_HONEST = Long.MAX_VALUE >> 1;

    private final Clock clock;
    private final long latest;
    private long entries;
    private long ahead;
    private long highest;
    private long highestHonest;

    RecoveredBallots(Clock clock) {
        this.clock = clock;
        this.latest = BallotClock.latest(clock.wallMillis());
    }

    void add(long counter) {
        entries++;
        if (counter > latest) {
            ahead++;
            highest = Math.max(highest, counter);
            highestHonest = counter <= HIGHEST_HONEST ? Math.max(highestHonest, counter) : highestHonest;
        }
    }

    /** How many entries have a ballot too far ahead. */
    long ahead() {
        return ahead;
    }

    /** How far ahead of the time the highest is, in milliseconds. */
    long highestLeadMillis() {
        return HybridClock.millis(highest) - clock.wallMillis();
    }

    /** Whether the clocks were set back. */
    boolean areOfCluster() {
        return 2 * ahead > entries;
    }

    /** Up to where ballots are taken whatever the time is: as far above the highest as above any time; 0 for nothing. */
    long bound() {
        return areOfCluster() ? BallotClock.latest(HybridClock.millis(highestHonest)) : 0;
    }
}
