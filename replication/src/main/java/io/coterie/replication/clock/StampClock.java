package io.coterie.replication.clock;

import io.coterie.replication.Stamp;
import io.coterie.rpc.Clock;
import io.coterie.rpc.RandomSource;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The clock from which a node's {@linkplain Stamp stamps} are made: a {@linkplain HybridClock
 * hybrid clock} that trusts others only so far. A stamp that is more than {@link #MAX_LEAD} ahead
 * of this node's wall clock was made by a clock that is wrong, or this node's is. It never moves
 * this clock, whoever shows it, and counts as older than all others. So one wrong clock spoils
 * neither what other nodes write later nor this node's own writes once its clock is set right.
 *
 * <p>Only to be used on the node's loop.
 */
public final class StampClock {
    /** How far ahead of a node's wall clock a stamp may be. */
    public static final Duration MAX_LEAD = Duration.ofMinutes(1);

    private final Clock clock;
    private final RandomSource random;
    private LongSupplier correctionMillis = () -> 0;
    private long writer;
    private long last;

    /**
     * A clock that was shown no stamp.
     *
     * @param writer which start of which process makes the stamps, drawn at random
     */
    public StampClock(Clock clock, RandomSource random, long writer) {
        this.clock = clock;
        this.random = random;
        this.writer = writer;
    }

    /**
     * Has stamps made from the wall clock and so many milliseconds, at most {@link #MAX_LEAD}
     * either way.
     */
    public void correctBy(LongSupplier millis) {
        correctionMillis = millis;
    }

    /**
     * A stamp above all before it and all that were observed, unless the wall clock was set back by
     * more than the lead.
     */
    public Stamp next() {
        if (last > latestTrusted()) {
            // The same reading may have been given before: another writer keeps the stamps apart.
            writer = random.nextLong();
            last = 0;
        }
        last = Math.max(HybridClock.reading(clock.wallMillis() + correctionMillis.getAsLong()), last + 1);
        return new Stamp(last, writer);
    }

    /**
     * Takes note of a stamp that another node made, or this one at an earlier start.
     *
     * @return whether the next stamp is above it; false if it is too far ahead to be trusted
     */
    public boolean observe(Stamp shown) {
        boolean trusted = trusts(shown);
        if (trusted) {
            last = Math.max(last, shown.time());
        }
        return trusted;
    }

    /** Whether a stamp is no further ahead of this node's wall clock than it may be. */
    public boolean trusts(Stamp shown) {
        return leadMillis(shown) <= MAX_LEAD.toMillis();
    }

    /**
     * How far ahead of this node's wall clock a stamp is, in milliseconds; below zero if it is
     * behind.
     */
    public long leadMillis(Stamp shown) {
        return HybridClock.millis(shown.time()) - clock.wallMillis();
    }

    /**
     * Whether a stamp is later than another: of two that are both trusted, or both not, the higher
     * one is.
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
