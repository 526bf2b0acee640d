package io.coterie.simulation;

import io.coterie.rpc.Clock;
import java.time.Duration;

/**
 * A machine's clocks. The monotonic one is true but starts anywhere, as {@link System#nanoTime()} does; the wall clock is
 * off by what faults make of it, and stays so over restarts.
 */
final class SimClock {
    /** 2025-01-01, 00:00 UTC. */
    private static final long EPOCH_MILLIS = 1_735_689_600_000L;

    private final Simulation simulation;
    private double drift;
    private long driftingSince;
    private double offsetNanos;

    SimClock(Simulation simulation) {
        this.simulation = simulation;
    }

    /** The clock as one start of a process reads it. */
    Clock monotonicFrom(long base) {
        return new Clock() {
            @Override
            public long nanos() {
                return base + simulation.nanos();
            }

            @Override
            public long wallMillis() {
                return SimClock.this.wallMillis();
            }
        };
    }

    long wallMillis() {
        return EPOCH_MILLIS + Math.floorDiv(simulation.nanos() + (long) offset(), 1_000_000L);
    }

    void jump(Duration by) {
        offsetNanos += by.toNanos();
    }

    void drift(double newDrift) {
        offsetNanos = offset();
        driftingSince = simulation.nanos();
        drift = newDrift;
    }

    void set() {
        offsetNanos = 0;
        drift = 0;
    }

    private double offset() {
        return offsetNanos + drift * (simulation.nanos() - driftingSince);
    }
}
