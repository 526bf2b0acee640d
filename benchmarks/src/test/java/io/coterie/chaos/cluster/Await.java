package io.coterie.chaos.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Waits for what replica processes do in their own time. Tests with such processes poll by it
 * alone.
 */
public final class Await {
    private static final long POLL_MILLIS = 20;

    private Await() {}

    /**
     * What a test waits for.
     *
     * @param <E> what a look at it may throw, which ends the wait
     */
    public interface Condition<E extends Exception> {
        /** Looks once, without waiting. */
        boolean holds() throws E;
    }

    /**
     * Returns once the condition holds.
     *
     * @param what names the condition in the failure, and is asked only then
     * @throws AssertionError if it does not hold within the limit
     */
    public static <E extends Exception> void until(Supplier<String> what, Duration limit, Condition<E> condition)
            throws E, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what.get());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
