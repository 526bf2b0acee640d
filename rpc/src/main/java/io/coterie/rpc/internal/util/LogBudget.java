package io.coterie.rpc.internal.util;

import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Bounds the lines that others can cause in the log of a node, however many they are: so many in a
 * minute, and then the count of those that were left out. Used on the loop only.
 */
public final class LogBudget {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Repetition minutes;
    private final int perMinute;
    private final IntConsumer onLeftOut;
    private int logged;
    private int leftOut;

    /** @param onLeftOut logs how many lines of the last minute were left out, if any were */
    public LogBudget(Scheduler loop, int perMinute, IntConsumer onLeftOut) {
        this.minutes = new Repetition(loop, MINUTE_NANOS, this::onMinuteOver);
        this.perMinute = perMinute;
        this.onLeftOut = onLeftOut;
    }

    /** Whether to log a line; {@code false} counts it as left out. */
    public boolean take() {
        if (logged == 0) {
            minutes.in(MINUTE_NANOS);
        }
        if (logged < perMinute) {
            logged++;
            return true;
        }
        leftOut++;
        return false;
    }

    private void onMinuteOver() {
        if (leftOut > 0) {
            onLeftOut.accept(leftOut);
        }
        logged = 0;
        leftOut = 0;
    }
}
