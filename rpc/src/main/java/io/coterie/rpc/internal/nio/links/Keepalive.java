package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds connections that were cut without a report. It pings connections that are silent, and gives
 * up those that stay silent. A socket does not do this by itself: one that has nothing to write
 * waits for ever for a machine that is gone.
 *
 * <p>A large message on a slow link is no silence. The sender's pings wait behind it, so the
 * receiver reports now and then that more of it came. A peer that makes room in buffers that were
 * full is alive, too.
 */
final class Keepalive {
    private static final long SLOWEST_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Checks in each silence limit. A cut link is found at most one check after the limit. */
    private static final int CHECKS_PER_LIMIT = 6;

    /**
     * A connection is pinged after this part of the limit, so at least two pings are sent before it
     * is over.
     */
    private static final int PING_PART = 3;

    /** A check that comes later than this part of the limit shows nothing about the peers. */
    private static final int LATE_PART = 2;

    private final long limit;
    private final EventLoop loop;
    private final Collection<Connection> all;
    private final BiConsumer<Connection, String> giveUp;
    private long lastCheck = System.nanoTime();
    private Scheduler.@Nullable Timer timer;

    /**
     * Checks nothing before it is started.
     *
     * @param all the connections, as they are at each check
     * @param giveUp closes a connection, for the reason given
     */
    Keepalive(
            Duration silenceLimit, EventLoop loop, Collection<Connection> all, BiConsumer<Connection, String> giveUp) {
        this.limit = silenceLimit.toNanos();
        this.loop = loop;
        this.all = all;
        this.giveUp = giveUp;
    }

    void start() {
        timer = loop.schedule(Math.min(SLOWEST_CHECK_NANOS, limit / CHECKS_PER_LIMIT), this::check);
    }

    void close() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void check() {
        start();
        long now = System.nanoTime();
        boolean late = now - lastCheck > limit / LATE_PART;
        lastCheck = now;
        if (late) {
            // This process was paused. What the peers sent meanwhile may not have been read yet.
            return;
        }
        for (Connection connection : List.copyOf(all)) {
            connection.writeBlocked();
            boolean owesSign = connection.owesSign();
            long silent = now - connection.lastSign();
            if (connection.state() != Connection.State.NEW && silent > limit) {
                giveUp.accept(
                        connection,
                        "nothing was received from it for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms");
            } else if (connection.state() == Connection.State.OPEN && silent > limit / PING_PART) {
                connection.send(Frame.PING);
            } else if (connection.state() == Connection.State.OPEN && owesSign) {
                connection.send(Frame.PONG);
            }
        }
    }
}
