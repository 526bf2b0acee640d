package io.coterie.replication.clock;

import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The clock from which a node's {@linkplain HlcTimestamp timestamps} are made: a {@linkplain
 * HybridClock hybrid clock} that trusts others within limits. Where a timestamp is more than {@link
 * #MAX_LEAD} ahead of this node's wall clock, one of the two clocks is wrong. Such a timestamp
 * never moves this clock, whoever sends it, and counts as older than all others. So a wrong clock
 * harms neither the later writes of other nodes, nor this node's own writes once its clock is
 * right.
 *
 * <p>Only to be used on the node's loop.
 */
public final class HlcClock {
    /** How far ahead of a node's wall clock a timestamp may be: one minute. */
    public static final Duration MAX_LEAD = Duration.ofMinutes(1);

    private final Clock clock;
    private final RandomSource random;
    private LongSupplier correctionMillis = () -> 0;
    private long writer;
    private long last;

    /**
     * A clock that has observed no timestamp.
     *
     * @param writer stands for the start of the process that makes the timestamps; random
     */
    public HlcClock(Clock clock, RandomSource random, long writer) {
        this.clock = clock;
        this.random = random;
        this.writer = writer;
    }

    /**
     * Corrects the wall clock for the timestamps to come.
     *
     * @param millis is added to the wall clock for each timestamp; at most {@link #MAX_LEAD} either
     *     way
     */
    public void correctBy(LongSupplier millis) {
        correctionMillis = millis;
    }

    /**
     * A timestamp above all that this clock made or observed, unless the wall clock was set back by
     * more than {@link #MAX_LEAD}.
     */
    public HlcTimestamp next() {
        if (last > latestTrusted()) {
            // The clock may repeat readings: a new writer keeps the timestamps apart.
            writer = random.nextLong();
            last = 0;
        }
        last = Math.max(HybridClock.reading(clock.wallMillis() + correctionMillis.getAsLong()), last + 1);
        return new HlcTimestamp(last, writer);
    }

    /**
     * Observes a timestamp that another node made, or this node at an earlier start.
     *
     * @return whether the next timestamp will be above it; false if it is too far ahead to be
     *     trusted
     */
    public boolean observe(HlcTimestamp shown) {
        boolean trusted = trusts(shown);
        if (trusted) {
            last = Math.max(last, shown.time());
        }
        return trusted;
    }

    /** Whether a timestamp is at most {@link #MAX_LEAD} ahead of this node's wall clock. */
    public boolean trusts(HlcTimestamp shown) {
        return leadMillis(shown) <= MAX_LEAD.toMillis();
    }

    /**
     * How far a timestamp is ahead of this node's wall clock, in milliseconds; below zero if it is
     * behind.
     */
    public long leadMillis(HlcTimestamp shown) {
        return HybridClock.millis(shown.time()) - clock.wallMillis();
    }

    /**
     * Whether a timestamp is later than another. A trusted timestamp is later than one that is not
     * trusted; of two alike, the higher one is later. {@link HlcTimestamp#NONE} is earlier than all
     * others.
     */
    public boolean isLater(HlcTimestamp one, HlcTimestamp other) {
        boolean trusted = trusts(one);
        if (trusted == trusts(other)) {
            return one.isAbove(other);
        }
        return trusted ? !one.equals(HlcTimestamp.NONE) : other.equals(HlcTimestamp.NONE);
    }

    private long latestTrusted() {
        return HybridClock.reading(clock.wallMillis() + MAX_LEAD.toMillis() + 1) - 1;
    }
}
