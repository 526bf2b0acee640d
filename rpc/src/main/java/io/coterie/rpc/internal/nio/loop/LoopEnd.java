package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.internal.nio.threads.ThreadStack;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the end of a loop's thread, even if a task blocks it. */
final class LoopEnd {
    private static final Logger log = LoggerFactory.getLogger(LoopEnd.class);

    /**
     * How long to wait for the end: before the task that blocks the loop is interrupted, and again
     * after that.
     */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private LoopEnd() {}

    /**
     * Waits for the end of a thread. A task that blocks it for too long is interrupted. If that
     * does not help, the connections are closed, and the thread is left running.
     */
    static void await(Thread thread, Selector selector) {
        if (endsInTime(thread)) {
            return;
        }
        log.warn(
                "{}: the loop does not end because a task blocks it, and the task is interrupted now. Do not block on"
                        + " the loop. What it does now:",
                thread.getName(),
                ThreadStack.of(thread));
        thread.interrupt();
        if (!endsInTime(thread)) {
            log.error(
                    "{}: the loop does not end because a task on it does not return; its port and its memory stay in use"
                            + " until the task returns or the process ends. Do not block on the loop",
                    thread.getName(),
                    ThreadStack.of(thread));
            cutOff(thread, selector);
        }
    }

    private static boolean endsInTime(Thread thread) {
        long end = System.nanoTime() + WAIT_NANOS;
        boolean interrupted = false;
        for (long left = WAIT_NANOS; left > 0 && thread.isAlive(); left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Closes the connections from outside, so that the other ends need not wait for a timeout. */
    private static void cutOff(Thread thread, Selector selector) {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException | ClosedSelectorException e) {
            log.debug("{}: a connection cannot be cut off", thread.getName(), e);
        }
    }
}
