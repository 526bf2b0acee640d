package io.coterie.rpc.internal.nio.handshake;

import java.util.concurrent.TimeUnit;

/**
 * For how long a node has run. By its age a node proves that it is newer than another one of its
 * name: if it is younger than a connection of the other, it was started after that one was seen. So
 * the clocks of two machines need not agree, and a directory is not needed.
 */
final class ProcessAge {
    private final long startNanos = System.nanoTime();
    private final long startMillis = System.currentTimeMillis();

    /**
     * The larger of what the two clocks show: the monotonic one stands still while the machine
     * sleeps, and the wall clock can be set back. Too large an age only leaves the proof out.
     */
    long millis() {
        long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        return Math.max(elapsed, System.currentTimeMillis() - startMillis);
    }
}
