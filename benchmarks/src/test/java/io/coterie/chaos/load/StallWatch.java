package io.coterie.chaos.load;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reports when this process did not get to run, whatever it wanted to do: on a machine that others
 * keep busy, or after a SIGSTOP. Without it a pause of the machine looks like one of the program.
 * Collections of the process's own heap belong to the program, and are left out.
 *
 * <p>Its own thread hardly notices a busy machine, because the system runs a thread that sleeps
 * much as soon as it wakes. So it also reports how long the threads that do the work waited for a
 * processor.
 */
public final class StallWatch {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(8);
    private static final long QUEUE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long MIN_QUEUED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final RunQueue queue;
    private final Listener listener;

    /**
     * Gets the times between which a thread that should have run did not, on {@link
     * System#nanoTime}.
     */
    public interface Listener {
        void stalled(long from, long to);
    }

    /**
     * A watch, to be started.
     *
     * @param working how the names of the threads begin that do the work
     */
    public StallWatch(List<String> working, Listener listener) {
        this.queue = new RunQueue(working);
        this.listener = listener;
    }

    public void start() {
        Thread thread = new Thread(this::watch, "stall watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long lastLook = System.nanoTime();
        long reported = 0;
        while (true) {
            long collected = collectedNanos();
            long due = System.nanoTime() + INTERVAL_NANOS;
            LockSupport.parkNanos(INTERVAL_NANOS);
            long now = System.nanoTime();
            if (now - due > MIN_NANOS) {
                long from = due + collectedNanos() - collected;
                if (now - from > MIN_NANOS) {
                    listener.stalled(from, now);
                    reported += now - from;
                }
            }
            if (now - lastLook > QUEUE_INTERVAL_NANOS) {
                long queued = Math.min(queue.waitedNanos(), now - lastLook) - reported;
                if (queued > MIN_QUEUED_NANOS) {
                    listener.stalled(now - queued, now);
                }
                lastLook = now;
                reported = 0;
            }
        }
    }

    private static long collectedNanos() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += collector.getCollectionTime();
        }
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
