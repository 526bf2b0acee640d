package io.coterie.chaos.network;

import java.util.concurrent.TimeUnit;

/**
 * One direction of a connection. While it is shut, what was sent stands before it and comes through when it opens, as what
 * TCP sends again does after a partition. Safe for use by any thread.
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

    /** From now on everything is late by so much, and no more passes in a second than so many bytes. */
    synchronized void slow(long nanos, long rate) {
        delayNanos = nanos;
        bytesPerSecond = rate;
        notifyAll();
    }

    /** Without shutting or slowness. */
    synchronized void heal() {
        shut = false;
        slow(0, Long.MAX_VALUE);
    }

    /** Nobody waits any more. */
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
