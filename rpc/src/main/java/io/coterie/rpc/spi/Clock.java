package io.coterie.rpc.spi;

/** Where a node reads the time. Protocol code has no other clock. Safe for use by any thread. */
public interface Clock {
    /**
     * A monotonic reading in nanoseconds, as {@link System#nanoTime()}: only differences between
     * readings of one process mean something. It never goes back, whatever happens to the wall
     * clock.
     */
    long nanos();

    /**
     * The wall clock in milliseconds since 1970. It may jump, drift and go back: nothing that must
     * be safe may depend on it.
     */
    long wallMillis();
}
