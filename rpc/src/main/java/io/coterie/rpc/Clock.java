package io.coterie.rpc;

/** Where a node reads the time. Protocol code has no other. Safe for use by any thread. */
public interface Clock {
    /**
     * A monotonic reading in nanoseconds, as {@link System#nanoTime()}: only differences mean something, and only within
     * one process. Never goes back, whatever happens to the wall clock.
     */
    long nanos();

    /**
     * The wall clock in milliseconds since 1970. May jump, drift and go back: nothing that must be safe may rest on it.
     */
    long wallMillis();
}
