package io.coterie.rpc.internal.nio;

import io.coterie.rpc.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices what was cut without a word: pings connections that are silent, and gives up those that stay silent. A socket does
 * not do so by itself: one that has nothing to write waits for ever for a machine that is gone.
 */
final class Keepalive {
    private static final long SLOWEST_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long limit;
    private final EventLoop loop;
    private final Links links;
    private long lastCheck = System.nanoTime();
    private Scheduler.@Nullable Timer timer;

    Keepalive(Duration silenceLimit, EventLoop loop, Links links) {
        this.limit = silenceLimit.toNanos();
        this.loop = loop;
        this.links = links;
    }

    void start() {
        // A link that is cut is noticed that much later than its limit at most.
        timer = loop.schedule(Math.min(SLOWEST_CHECK_NANOS, limit / 6), this::check);
    }

    void close() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void check() {
        start();
        long now = System.nanoTime();
        boolean late = now - lastCheck > limit / 2;
        lastCheck = now;
        if (late) {
            // This process stood still. What the others sent meanwhile may not have been read yet.
            return;
        }
        for (Connection connection : List.copyOf(links.all())) {
            long silent = now - connection.lastHeard();
            if (connection.state() != Connection.State.NEW && silent > limit) {
                links.fail(
                        connection, "nothing heard of it for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms", false);
            } else if (connection.state() == Connection.State.OPEN && silent > limit / 3) {
                connection.send(Frame.PING);
            }
        }
    }
}
