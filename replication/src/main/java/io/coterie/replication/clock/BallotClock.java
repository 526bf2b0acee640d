package io.coterie.replication.clock;

import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;

/**
 * The clock from which a node's ballots and the numbers of its batches are made: a {@linkplain
 * HybridClock hybrid clock} that trusts others within limits. A reading that is more than {@link
 * #MAX_LEAD} ahead of the time was made by a wrong clock or a malicious node. It never moves this
 * clock, whoever sends it: a key for which such a ballot was promised is changed with ballots
 * {@linkplain #nextAbove of its own}.
 *
 * <p>Only to be used on the node's loop.
 */
public final class BallotClock {
    /**
     * How far ahead of the time a ballot may be: one day. That is far more than the error of an
     * honest clock, including a wrong time zone, because a ballot that is ahead does no harm:
     * others follow it. It would take millennia of such steps to reach the end of the counter's
     * range.
     */
    public static final Duration MAX_LEAD = Duration.ofDays(1);

    /**
     * By how much a ballot may be above one that counts already, however far ahead of the time that
     * one is; 1 ms of the clock. It is as much as the nodes of a cluster whose clocks were set back
     * may have drifted apart, and so little that a flood of such steps does no harm.
     */
    public static final long STEP = 1L << 16;

    private final ClusterTime time;
    private final RandomSource random;
    private long writer;
    private long last;

    /**
     * A clock that has observed no ballot.
     *
     * @param writer stands for the start of the process that makes the ballots; random
     */
    public BallotClock(ClusterTime time, RandomSource random, long writer) {
        this.time = time;
        this.random = random;
        this.writer = writer;
    }

    /** The highest reading that is trusted at a time, which is in milliseconds since 1970. */
    public static long latest(long wallMillis) {
        return HybridClock.reading(wallMillis + MAX_LEAD.toMillis() + 1) - 1;
    }

    /** A ballot above all that this clock made or observed. */
    public Ballot next() {
        return new Ballot(nextReading(), writer);
    }

    /** A reading above all that this clock made or observed. It belongs to the {@link #writer}. */
    public long nextReading() {
        last = Math.max(HybridClock.reading(time.wallMillis()), Math.incrementExact(last));
        return last;
    }

    /**
     * The number that stands for this start of the process in its ballots, until the clock
     * {@linkplain #startOver starts over}.
     */
    public long writer() {
        return writer;
    }

    /**
     * A ballot above another one, which need not be trusted. Nobody else ever makes the same, and
     * it does not move this clock. If the counter of the other ballot is at the end of its range,
     * the new ballot may be below it.
     */
    public Ballot nextAbove(Ballot ballot) {
        long counter = ballot.counter();
        return new Ballot(counter == Long.MAX_VALUE ? counter : counter + 1, random.nextLong());
    }

    /** Whether this clock is below a ballot: it has made and observed none as high. */
    public boolean isBelow(Ballot ballot) {
        return ballot.counter() > last;
    }

    /**
     * Observes a reading that another node made.
     *
     * @return whether the next reading will be above it; false if it is too far ahead to be trusted
     */
    public boolean observe(long reading) {
        boolean trusted = trusts(reading);
        if (trusted) {
            last = Math.max(last, reading);
        }
        return trusted;
    }

    /** Whether a reading is within the limits, so that {@link #observe} would follow it. */
    public boolean trusts(long reading) {
        return reading <= last || reading - last <= STEP || reading <= latest(time.wallMillis());
    }

    /** The age of a ballot by the time of now, in milliseconds; below zero if it is ahead. */
    public long ageMillis(Ballot ballot) {
        return time.wallMillis() - HybridClock.millis(ballot.counter());
    }

    /**
     * Goes back to the time, because replicas refused the ballots of this clock. It does so only if
     * the node's wall clock was too far ahead, and is now right. The clock may then repeat
     * readings: a new writer keeps the ballots apart.
     *
     * @return whether the clock went back
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
