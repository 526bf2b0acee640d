package io.coterie.failuredetector;

import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices by its clock that this process was paused (the idea of local health: Dadgar, Phillips and
 * Currey, Lifeguard, 2018). A timer that should have run shows it, and so does a wall clock that ran
 * on while the steady clock stood. For use on one thread.
 *
 * <p>After a pause, sockets may be read before timers run. So each event asks, not the timer alone.
 */
final class OwnPauses {
    /**
     * Peers may have closed their connections in a pause of at least this length. With a shorter one,
     * a connection that is lost is evidence as ever. The default keepalive, 10 s, is far above it;
     * with one below it, peers may close them in a shorter pause as well.
     */
    private static final long CONNECTIONS_LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /**
     * After a pause, connections may take so long to come back: a dial each second, as is the default,
     * a handshake, and some time for others that were paused as well.
     */
    static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Clocks are corrected by less in an interval, unless somebody sets them. */
    private static final long WALL_RAN_ON_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Clock clock;
    private final long intervalNanos;
    private long due;
    private long lookedAt;
    private long wallMillisThen;
    private boolean reconnecting;
    private long reconnectedBy;

    /** Notices nothing before a timer is expected. */
    OwnPauses(Clock clock, long intervalNanos) {
        this.clock = clock;
        this.intervalNanos = intervalNanos;
        lookedAt = clock.nanos();
        wallMillisThen = clock.wallMillis();
        due = lookedAt + Long.MAX_VALUE / 2;
    }

    /** The next timer is due one interval from now. */
    void expectTimer(long now) {
        due = now + intervalNanos;
    }

    /**
     * For how long this process did not run until now, in nanoseconds; zero if the timer is not late
     * by more than an interval. What was returned once is not returned again.
     */
    long late(long now) {
        long late = now - due;
        if (late <= intervalNanos) {
            return 0;
        }
        due = now;
        awaitConnections(late, now);
        return late;
    }

    /**
     * By how much more the wall clock has advanced than the steady clock since the last look, in
     * nanoseconds; zero if it is what clocks are corrected by.
     */
    long wallRanOn(long now) {
        long wallMillis = clock.wallMillis();
        long more = TimeUnit.MILLISECONDS.toNanos(wallMillis - wallMillisThen) - (now - lookedAt);
        wallMillisThen = wallMillis;
        lookedAt = now;
        if (more <= WALL_RAN_ON_NANOS) {
            return 0;
        }
        awaitConnections(more, now);
        return more;
    }

    /**
     * Until when the loss of a connection right now is no evidence against a peer, because that peer
     * may have closed it in a pause of this process; null if it is evidence.
     */
    @Nullable
    Long reconnectedBy(long now) {
        reconnecting &= now - reconnectedBy < 0;
        return reconnecting ? reconnectedBy : null;
    }

    static OwnPause of(long nanos, OwnPause.Sign sign) {
        // Whole milliseconds: the rest would be noise to those who read it.
        return new OwnPause(Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos)), sign);
    }

    private void awaitConnections(long pause, long now) {
        if (pause >= CONNECTIONS_LOST_NANOS) {
            reconnecting = true;
            reconnectedBy = now + intervalNanos + RECONNECT_NANOS;
        }
    }
}
