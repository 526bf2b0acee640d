package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.Scheduler;
import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices what was cut without a word: pings connections that are silent, and gives up those that stay silent. A socket does
 * not do so by itself: one that has nothing to write waits for ever for a machine that is gone.
 *
 * <p>A large message on a slow link is no silence. Who receives it says so now and then, as the sender's pings wait behind it, and a
 * peer that makes room in buffers that were full is alive, too.
 */
final class Keepalive {
    private static final long SLOWEST_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A link that is cut is noticed by that part of its limit later than that at most. */
    private static final int CHECKS_PER_LIMIT = 6;

    /** Silence for that part of the limit is asked about: two pings go out, at least, before it is over. */
    private static final int PING_PART = 3;

    /** A check that comes later than that part of the limit tells nothing of the others. */
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
     * @param giveUp ends one, for the reason given
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
            // This process stood still. What the others sent meanwhile may not have been read yet.
            return;
        }
        for (Connection connection : List.copyOf(all)) {
            connection.writeBlocked();
            boolean owesSign = connection.owesSign();
            long silent = now - connection.lastSign();
            if (connection.state() != Connection.State.NEW && silent > limit) {
                giveUp.accept(connection, "nothing heard of it for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms");
            } else if (connection.state() == Connection.State.OPEN && silent > limit / PING_PART) {
                connection.send(Frame.PING);
            } else if (connection.state() == Connection.State.OPEN && owesSign) {
                connection.send(Frame.PONG);
            }
        }
    }
}
