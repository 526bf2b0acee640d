package io.coterie.failuredetector;

import io.coterie.failuredetector.internal.events.FlightEvents;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that nobody is accused for a pause of this process: the pause does not count as silence
 * of others, and a connection that is lost after it is no evidence for a while. Logs and reports the
 * pause. Only to be used on the loop.
 */
final class LocalHealth {
    /** A shorter pause is not worth a line. */
    private static final Duration LOGGED = Duration.ofSeconds(1);

    /** From here on, peers have closed their connections by default. */
    private static final Duration WARNED = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(LocalHealth.class);

    private final NodeId self;
    private final OwnPauses pauses;
    private final Collection<WatchedPeer> peers;
    private final Listeners listeners;
    private final long enoughNanos;
    private long awakeSince;

    /** @param peers those that are watched, as they are at each pause */
    LocalHealth(NodeId self, World world, long intervalNanos, Collection<WatchedPeer> peers, Listeners listeners) {
        this.self = self;
        this.pauses = new OwnPauses(world.clock(), intervalNanos);
        this.peers = peers;
        this.listeners = listeners;
        this.enoughNanos = intervalNanos + OwnPauses.RECONNECT_NANOS;
    }

    /** The timer is about to run for the first time. */
    void begin(long now) {
        awakeSince = now;
        pauses.expectTimer(now);
    }

    /** The timer runs, which is to run in each interval. */
    void onTimer(long now) {
        onArrival(now);
        noticeWallClock(now);
        pauses.expectTimer(now);
    }

    /** For how long this process has run without a pause. */
    long awakeNanos(long now) {
        return now - awakeSince;
    }

    /** After so long awake, peers that can hear this node have heard it. */
    long enoughNanos() {
        return enoughNanos;
    }

    /** A message came: perhaps the first thing after a pause, before the timer. */
    void onArrival(long now) {
        long late = pauses.late(now);
        if (late > 0) {
            awakeSince = now;
            peers.forEach(peer -> peer.discountPause(late, now));
            report(OwnPauses.of(late, OwnPause.Sign.LATE_TIMER));
        }
    }

    /**
     * A connection was lost. Returns until when that is no evidence against the peer, or null if it
     * is.
     */
    @Nullable
    Long onLostConnection(long now) {
        onArrival(now);
        noticeWallClock(now);
        return pauses.reconnectedBy(now);
    }

    /** A peer says that it does not hear this node: perhaps because its machine was suspended. */
    void onAccusation(long now) {
        noticeWallClock(now);
    }

    private void noticeWallClock(long now) {
        long more = pauses.wallRanOn(now);
        if (more > 0) {
            awakeSince = now;
            report(OwnPauses.of(more, OwnPause.Sign.WALL_CLOCK));
        }
    }

    private void report(OwnPause pause) {
        if (pause.sign() == OwnPause.Sign.LATE_TIMER && pause.length().compareTo(WARNED) >= 0) {
            log.warn(
                    "{}: {}. Others took it for down meanwhile, and may have taken over what it held. Find what stops"
                            + " it: collections of a large heap, too little processor or memory, or code that"
                            + " blocks the loop",
                    self,
                    pause);
        } else if (pause.length().compareTo(LOGGED) >= 0) {
            log.info("{}: {}", self, pause);
        }
        FlightEvents.paused(pause.length().toNanos(), pause.sign().name());
        listeners.paused(pause);
    }
}
