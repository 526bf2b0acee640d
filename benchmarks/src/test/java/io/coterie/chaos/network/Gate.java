package io.coterie.chaos.network;

import java.util.concurrent.TimeUnit;

/**
 * One direction of a connection. While it is shut, bytes wait before it and pass when it opens, as
 * TCP resends after a partition. Safe for use by any thread.
 */
final class Gate {
    private boolean shut;
    private boolean closed;
    private long delayNanos;
    private long bytesPerSecond = Long.MAX_VALUE;
    private long passed;

    synchronized void shut(boolean now) {
        shut = now;
        notifyAll();
    }

    /** Delays everything by so much, and lets no more than so many bytes pass in a second. */
    synchronized void slow(long nanos, long rate) {
        delayNanos = nanos;
        bytesPerSecond = rate;
        notifyAll();
    }

    /** Opens the gate, and lets everything pass at once. */
    synchronized void heal() {
        shut = false;
        slow(0, Long.MAX_VALUE);
    }

    /** Lets everyone pass who waits, and whoever comes later. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits until so many bytes may pass. A slowness that ends meanwhile ends the wait. */
    synchronized void pass(long bytes) throws InterruptedException {
        long begin = System.nanoTime();
        while (!closed && (shut || left(begin, bytes) > 0)) {
            if (shut) {
                wait();
            } else {
                TimeUnit.NANOSECONDS.timedWait(this, left(begin, bytes));
            }
        }
        passed += bytes;
    }

    /** How many bytes have passed since the beginning. */
    synchronized long passed() {
        return passed;
    }

    private long left(long begin, long bytes) {
        long sending = bytesPerSecond == Long.MAX_VALUE ? 0 : bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        return begin + delayNanos + sending - System.nanoTime();
    }
}
