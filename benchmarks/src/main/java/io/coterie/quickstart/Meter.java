package io.coterie.quickstart;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Times and counts the operations of all callers. Safe for use by any thread. */
final class Meter {
    private final Histogram durations = new Histogram();
    private long readAt = System.nanoTime();
    private long acknowledged;
    private int failed;
    private int unknown;
    private @Nullable String firstFailure;

    private long lastEnd = readAt;
    private long longestWait;
    private long longestSilence;

    /**
     * What was acknowledged since the last reading.
     *
     * @param p50 in nanoseconds, as the next two
     */
    record Reading(long perSecond, long p50, long p99, long longest) {}

    /**
     * How all operations ended so far.
     *
     * @param failed were certainly not applied
     * @param unknown may have been applied or not
     * @param firstFailure the text of the first failure of either kind; null if there was none
     */
    record Ends(
            long acknowledged,
            int failed,
            int unknown,
            @Nullable String firstFailure) {
        boolean allAcknowledged() {
            return failed + unknown == 0;
        }
    }

    /**
     * The longest pauses in a stretch of time, in nanoseconds.
     *
     * @param longestWait the longest that one caller waited for one operation
     * @param longestSilence the longest without an acknowledged operation of any caller
     */
    record Pauses(long longestWait, long longestSilence) {}

    /** Counts an operation that is acknowledged now. */
    synchronized void acknowledge(long begin) {
        long now = System.nanoTime();
        durations.add(now - begin);
        acknowledged++;
        longestWait = Math.max(longestWait, now - begin);
        longestSilence = Math.max(longestSilence, now - lastEnd);
        lastEnd = now;
    }

    /** An operation ended otherwise. */
    synchronized void fail(RuntimeException reason, boolean maybeApplied) {
        if (maybeApplied) {
            unknown++;
        } else {
            failed++;
        }
        if (firstFailure == null) {
            firstFailure = reason.toString();
        }
    }

    synchronized Ends ends() {
        return new Ends(acknowledged, failed, unknown, firstFailure);
    }

    synchronized Reading read() {
        long now = System.nanoTime();
        long perSecond = durations.total() * TimeUnit.SECONDS.toNanos(1) / Math.max(1, now - readAt);
        Reading reading =
                new Reading(perSecond, durations.percentile(0.5), durations.percentile(0.99), durations.longest());
        durations.clear();
        readAt = now;
        return reading;
    }

    /** Begins a stretch of time. */
    synchronized void watchPauses() {
        longestWait = 0;
        longestSilence = 0;
        lastEnd = System.nanoTime();
    }

    /**
     * The pauses since {@link #watchPauses}.
     *
     * @param oldestBegin when the oldest operation in flight began: its caller is still waiting
     */
    synchronized Pauses pauses(long oldestBegin) {
        long now = System.nanoTime();
        return new Pauses(Math.max(longestWait, now - oldestBegin), Math.max(longestSilence, now - lastEnd));
    }
}
