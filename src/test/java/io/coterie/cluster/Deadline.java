package io.coterie.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Holds once a time has passed: for what is over by the clock alone. */
record Deadline(long end) implements BooleanSupplier {
    Deadline(Duration fromNow) {
        this(System.nanoTime() + fromNow.toNanos());
    }

    @Override
    public boolean getAsBoolean() {
        return System.nanoTime() - end >= 0;
    }
}
