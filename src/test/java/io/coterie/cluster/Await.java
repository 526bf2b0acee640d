package io.coterie.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what real sockets, disks and threads do in their own time. */
public final class Await {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /** Returns once the condition holds. Fails the test if it does not within a minute. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, LIMIT_NANOS, condition);
    }

    /** Returns once the condition holds. Fails the test if it does not within that time. */
    public static void until(String what, long nanos, BooleanSupplier condition) {
        long end = System.nanoTime() + nanos;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never came: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Returns once that time has passed: for what is over by the clock alone. */
    public static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
