package io.coterie.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what real sockets, disks and threads do in their own time. */
public final class Await {
    private Await() {}

    /** Returns once the condition holds. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, TimeUnit.SECONDS.toNanos(60), condition);
    }

    /** The same, for what may take that long. */
    static void until(String what, long nanos, BooleanSupplier condition) {
        long end = System.nanoTime() + nanos;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never came: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
