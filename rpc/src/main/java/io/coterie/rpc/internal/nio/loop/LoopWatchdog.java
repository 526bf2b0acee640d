package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.internal.nio.threads.ThreadStack;
import io.coterie.rpc.spi.Scheduler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the loops of this process from a thread of its own, and logs which one is blocked, for
 * how long and by what: code of a user that blocks there stops the whole node, with its timeouts. A
 * task that {@linkplain Scheduler#beginLongTask may take long} is logged, too, but not as a fault.
 */
final class LoopWatchdog {
    /** A loop that was blocked for so long is logged. */
    static final long BLOCKED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(LoopWatchdog.class);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The shortest time between two warnings about a loop that is blocked again and again. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Map<EventLoop, Watch> watches = new LinkedHashMap<>();
    private static @Nullable Thread thread;

    private LoopWatchdog() {}

    static void add(EventLoop loop) {
        synchronized (watches) {
            if (!loop.thread().isAlive()) {
                return;
            }
            watches.put(loop, new Watch(loop, System.nanoTime()));
            if (thread == null) {
                Thread started = new Thread(LoopWatchdog::run, "coterie-watchdog");
                started.setDaemon(true);
                started.start();
                thread = started;
            }
        }
    }

    /** Its thread ends with the last loop. */
    static void remove(EventLoop loop) {
        synchronized (watches) {
            watches.remove(loop);
            watches.notifyAll();
        }
    }

    private static void run() {
        rehearse();
        boolean watching = true;
        while (watching) {
            try {
                watching = lookAtAll();
            } catch (Throwable e) {
                // Often memory ran out, which passes. The loops must be watched after that.
                watching = true;
            }
        }
    }

    /** For the same reason as {@link EventLoop} does. */
    private static void rehearse() {
        try {
            throw new IllegalStateException("a rehearsal");
        } catch (Throwable e) {
            return;
        }
    }

    private static boolean lookAtAll() {
        List<Watch> all = next();
        if (all == null) {
            return false;
        }
        long now = System.nanoTime();
        for (Watch watch : all) {
            watch.look(now);
        }
        return true;
    }

    /**
     * Waits for a pause, and returns the loops to look at; null if there are none left, which ends
     * the thread.
     */
    private static @Nullable List<Watch> next() {
        long end = System.nanoTime() + LOOK_NANOS;
        synchronized (watches) {
            for (long left = LOOK_NANOS; left > 0 && !watches.isEmpty(); left = end - System.nanoTime()) {
                await(left);
            }
            if (watches.isEmpty()) {
                thread = null;
                return null;
            }
            return List.copyOf(watches.values());
        }
    }

    /** An interrupt does not end the thread; it ends with the last loop. */
    private static void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(watches, nanos);
        } catch (InterruptedException e) {
            log.debug("interrupted, which changes nothing", e);
        }
    }

    /** What was seen of one loop so far. */
    static final class Watch {
        private final EventLoop loop;
        private long beats;
        private long since;
        private long lookedAt;
        private long logAfter = BLOCKED_NANOS;
        private long quietUntil;
        private boolean logged;

        Watch(EventLoop loop, long now) {
            this.loop = loop;
            this.beats = loop.beats();
            this.since = now;
            this.lookedAt = now;
            this.quietUntil = now;
        }

        /** Looks at the loop again, and logs if it has been blocked for too long. */
        void look(long now) {
            boolean stoodStill = now - lookedAt > 2 * LOOK_NANOS;
            lookedAt = now;
            long counted = loop.beats();
            if (counted != beats || loop.asleep()) {
                if (logged) {
                    log.info("{}: the loop runs again, after more than {} ms", loop.name(), millis(now - since));
                }
                beats = counted;
                since = now;
                logAfter = BLOCKED_NANOS;
                logged = false;
            } else if (stoodStill) {
                // The whole process was paused, and not the loop alone.
                since = now;
            } else if (now - since >= logAfter && (logged || now - quietUntil >= 0)) {
                logAfter = 2 * (now - since);
                logged = true;
                log(now);
            }
        }

        private void log(long now) {
            long millis = millis(now - since);
            String longTask = loop.longTask();
            if (longTask != null) {
                log.info(
                        "{}: {} has taken {} ms so far; until it ends, the node does nothing else",
                        loop.name(),
                        longTask,
                        millis);
            } else {
                quietUntil = now + QUIET_NANOS;
                log.warn(
                        "{}: the loop has been blocked for {} ms, and its node with it: do not block in stages of"
                                + " futures, codecs or inline handlers. What it does now:",
                        loop.name(),
                        millis,
                        ThreadStack.of(loop.thread()));
            }
        }

        private static long millis(long nanos) {
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }
    }
}
