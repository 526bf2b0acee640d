package io.coterie.replication.clock;

import io.coterie.replication.Stamp;
import io.coterie.rpc.Clock;
import io.coterie.rpc.RandomSource;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The clock from which a node's {@linkplain Stamp stamps} are made: a {@linkplain HybridClock
 * hybrid clock} that trusts others within limits. Where a stamp is more than {@link #MAX_LEAD}
 * ahead of this node's wall clock, one of the two clocks is wrong. Such a stamp never moves this
 * clock, whoever sends it, and counts as older than all others. So a wrong clock harms neither the
 * later writes of other nodes, nor this node's own writes once its clock is right.
 *
 * <p>Only to be used on the node's loop.
 */
public final class StampClock {
    /** How far ahead of a node's wall clock a stamp may be: one minute. */
    public static final Duration MAX_LEAD = Duration.ofMinutes(1);

    private final Clock clock;
    private final RandomSource random;
    private LongSupplier correctionMillis = () -> 0;
    private long writer;
    private long last;

    /**
     * A clock that has observed no stamp.
     *
     * @param writer stands for the start of the process that makes the stamps; random
     */
    public StampClock(Clock clock, RandomSource random, long writer) {
        this.clock = clock;
        this.random = random;
        this.writer = writer;
    }

    /**
     * Corrects the wall clock for the stamps to come.
     *
     * @param millis is added to the wall clock for each stamp; at most {@link #MAX_LEAD} either way
     */
    public void correctBy(LongSupplier millis) {
        correctionMillis = millis;
    }

    /**
     * A stamp above all that this clock made or observed, unless the wall clock was set back by
     * more than {@link #MAX_LEAD}.
     */
    public Stamp next() {
        if (last > latestTrusted()) {
            // The clock may repeat readings: a new writer keeps the stamps apart.
            writer = random.nextLong();
            last = 0;
        }
        last = Math.max(HybridClock.reading(clock.wallMillis() + correctionMillis.getAsLong()), last + 1);
        return new Stamp(last, writer);
    }

    /**
     * Observes a stamp that another node made, or this node at an earlier start.
     *
     * @return whether the next stamp will be above it; false if it is too far ahead to be trusted
     */
    public boolean observe(Stamp shown) {
        boolean trusted = trusts(shown);
        if (trusted) {
            last = Math.max(last, shown.time());
        }
        return trusted;
    }

    /** Whether a stamp is at most {@link #MAX_LEAD} ahead of this node's wall clock. */
    public boolean trusts(Stamp shown) {
        return leadMillis(shown) <= MAX_LEAD.toMillis();
    }

    /**
     * How far a stamp is ahead of this node's wall clock, in milliseconds; below zero if it is
     * behind.
     */
    public long leadMillis(Stamp shown) {
        return HybridClock.millis(shown.time()) - clock.wallMillis();
    }

    /**
     * Whether a stamp is later than another. A trusted stamp is later than one that is not trusted;
     * of two alike, the higher one is later. {@link Stamp#NONE} is earlier than all others.
     */
    public boolean isLater(Stamp one, Stamp other) {
        boolean trusted = trusts(one);
        if (trusted == trusts(other)) {
            return one.isAbove(other);
        }
        return trusted ? !one.equals(Stamp.NONE) : other.equals(Stamp.NONE);
    }

    private long latestTrusted() {
        return HybridClock.reading(clock.wallMillis() + MAX_LEAD.toMillis() + 1) - 1;
    }
}
