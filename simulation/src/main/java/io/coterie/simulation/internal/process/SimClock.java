package io.coterie.simulation.internal.process;

import io.coterie.rpc.spi.Clock;
import io.coterie.simulation.internal.events.VirtualTime;
import java.time.Duration;

/**
 * A machine's clocks. The monotonic one has the right speed but starts anywhere, as {@link
 * System#nanoTime()} does. The wall clock is wrong by what faults have done to it; a restart of the
 * process does not correct it.
 */
public final class SimClock {
    /** 2025-01-01, 00:00 UTC. */
    private static final long EPOCH_MILLIS = 1_735_689_600_000L;

    private final VirtualTime time;
    private double drift;
    private long driftingSince;
    private double offsetNanos;

    public SimClock(VirtualTime time) {
        this.time = time;
    }

    /** The clocks as one start of a process reads them. */
    public Clock monotonicFrom(long base) {
        return new Clock() {
            @Override
            public long nanos() {
                return base + time.nanos();
            }

            @Override
            public long wallMillis() {
                return SimClock.this.wallMillis();
            }
        };
    }

    private long wallMillis() {
        return EPOCH_MILLIS + Math.floorDiv(time.nanos() + (long) offset(), 1_000_000L);
    }

    public void jump(Duration by) {
        offsetNanos += by.toNanos();
    }

    public void drift(double newDrift) {
        offsetNanos = offset();
        driftingSince = time.nanos();
        drift = newDrift;
    }

    public void set() {
        offsetNanos = 0;
        drift = 0;
    }

    private double offset() {
        return offsetNanos + drift * (time.nanos() - driftingSince);
    }
}
