package io.coterie.replication.clock;

import io.coterie.replication.Ballot;
import io.coterie.rpc.RandomSource;
import java.time.Duration;

/**
 * The clock from which a node's ballots are made, and the numbers of its batches: a {@linkplain
 * HybridClock hybrid clock} that trusts others only so far. What is more than {@link #MAX_LEAD}
 * ahead of the time was made by a clock that is wrong, or by somebody who means harm. It never
 * moves this clock, whoever shows it: a key for which it was promised is changed with ballots
 * {@linkplain #nextAbove of its own}.
 *
 * <p>Only to be used on the node's loop.
 */
public final class BallotClock {
    /**
     * How far ahead of the time a ballot may be. Far more than an honest clock is off, a wrong time
     * zone included, as a ballot that is ahead does no harm: others follow it. And it would take
     * millennia of such steps to reach the end of what a counter can hold.
     */
    public static final Duration MAX_LEAD = Duration.ofDays(1);

    /**
     * By how much a ballot may be above one that counts already, however far ahead of the time that
     * is: as much as the nodes of a cluster whose clocks were set back may have drifted apart, and
     * so little that a flood of such steps leads nowhere.
     */
    public static final long STEP = 1L << 16;

    private final ClusterTime time;
    private final RandomSource random;
    private long writer;
    private long last;

    /**
     * A clock that was shown no ballot.
     *
     * @param writer which start of which process makes the ballots, drawn at random
     */
    public BallotClock(ClusterTime time, RandomSource random, long writer) {
        this.time = time;
        this.random = random;
        this.writer = writer;
    }

    /** The highest reading that is trusted at a time. */
    public static long latest(long wallMillis) {
        return HybridClock.reading(wallMillis + MAX_LEAD.toMillis() + 1) - 1;
    }

    /** A ballot above all before it and all that were observed. */
    public Ballot next() {
        return new Ballot(nextReading(), writer);
    }

    /** A reading above all before it and all that were observed. It is the {@link #writer}'s. */
    public long nextReading() {
        last = Math.max(HybridClock.reading(time.wallMillis()), Math.incrementExact(last));
        return last;
    }

    /**
     * Who makes the ballots: this start of this process, until the clock {@linkplain #startOver
     * starts over}.
     */
    public long writer() {
        return writer;
    }

    /**
     * A ballot above another one that need not be trusted, and that nobody else ever makes; it does
     * not move this clock. Above one at the very end of what a counter can hold it may not be.
     */
    public Ballot nextAbove(Ballot ballot) {
        long counter = ballot.counter();
        return new Ballot(counter == Long.MAX_VALUE ? counter : counter + 1, random.nextLong());
    }

    /** Whether a ballot is above all that this clock made and observed. */
    public boolean isBelow(Ballot ballot) {
        return ballot.counter() > last;
    }

    /**
     * Takes note of a reading that another node made.
     *
     * @return whether the next reading is above it; false if it is too far ahead to be trusted
     */
    public boolean observe(long reading) {
        boolean trusted = trusts(reading);
        if (trusted) {
            last = Math.max(last, reading);
        }
        return trusted;
    }

    /** Whether a reading is no further ahead than it may be. */
    public boolean trusts(long reading) {
        return reading <= last || reading - last <= STEP || reading <= latest(time.wallMillis());
    }

    /**
     * How long ago a ballot was made by the time of now, in milliseconds; below zero if it is
     * ahead.
     */
    public long ageMillis(Ballot ballot) {
        return time.wallMillis() - HybridClock.millis(ballot.counter());
    }

    /**
     * Replicas refused what this clock made. Where that is because the node's wall clock was too
     * far ahead, and is right by now, the clock goes back to it. The same reading may have been
     * given before: another writer keeps the ballots apart.
     *
     * @return whether it went back
     */
    public boolean startOver() {
        boolean ahead = last > latest(time.wallMillis());
        if (ahead) {
            writer = random.nextLong();
            last = 0;
        }
        return ahead;
    }
}
