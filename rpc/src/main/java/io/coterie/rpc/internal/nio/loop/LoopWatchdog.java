package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.Scheduler;
import io.coterie.rpc.internal.nio.threads.ThreadStack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the loops of this process from a thread of its own, and says which one is held up, for how long and by what: a user's
 * code that blocks there keeps the whole node from going on, timeouts included. What {@linkplain Scheduler#beginLongTask takes long
 * and may} is told of, too, but not as a fault.
 */
final class LoopWatchdog {
    /** A loop that was held up for so long is told of. */
    static final long HELD_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(LoopWatchdog.class);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A loop that is held up again and again is told of no more often. */
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
                // Often for want of memory, which passes; the loops are to be watched in the time after it.
                watching = true;
            }
        }
    }

    /** As that of {@link EventLoop}. */
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

    /** What to look at now, after a pause; null if there is nothing left to look at, which ends the thread. */
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

    /** Nobody ends its thread by an interrupt; it ends with the last loop. */
    private static void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(watches, nanos);
        } catch (InterruptedException e) {
            log.debug("interrupted, which changes nothing", e);
        }
    }

    /** One loop, as it was seen so far. */
    static final class Watch {
        private final EventLoop loop;
        private long beats;
        private long since;
        private long lookedAt;
        private long tellAfter = HELD_UP_NANOS;
        private long quietUntil;
        private boolean told;

        Watch(EventLoop loop, long now) {
            this.loop = loop;
            this.beats = loop.beats();
            this.since = now;
            this.lookedAt = now;
            this.quietUntil = now;
        }

        /** Looks again, and tells of it where it has not gone on for too long. */
        void look(long now) {
            boolean stoodStill = now - lookedAt > 2 * LOOK_NANOS;
            lookedAt = now;
            long counted = loop.beats();
            if (counted != beats || loop.asleep()) {
                if (told) {
                    log.info("{}: the loop goes on, after more than {} ms", loop.name(), millis(now - since));
                }
                beats = counted;
                since = now;
                tellAfter = HELD_UP_NANOS;
                told = false;
            } else if (stoodStill) {
                // The whole process did, and not the loop alone.
                since = now;
            } else if (now - since >= tellAfter && (told || now - quietUntil >= 0)) {
                tellAfter = 2 * (now - since);
                told = true;
                tell(now);
            }
        }

        private void tell(long now) {
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
                        "{}: the loop has been held up for {} ms, and with it all of its node: do not block in stages of"
                                + " futures, codecs and inline handlers. What it does now:",
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
