package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one peer. It is given the time and reads no clock, so that the same calls
 * always end in the same state. All changes happen on the loop; any thread may read the state.
 *
 * <p>Silence is measured from the last message of any kind, but the rhythm is learned from
 * heartbeats alone. Under load, thousands of messages in a millisecond would push every regular
 * inter-arrival time out of the window.
 */
final class WatchedPeer {
    private final NodeId id;
    private final Estimator estimator;
    private final QualityRecord quality = new QualityRecord();

    /** Written by the loop only, which needs no fence for it: it is written for each message. */
    private final AtomicLong lastArrival;

    private volatile Opinion opinion;
    private volatile @Nullable String shortfall;
    private long lastHeartbeat;
    private boolean inRhythm;

    /** Whether the connection was lost after the last message, so that another process may follow. */
    private boolean lost;

    /** Until when the loss of its connection is no evidence; null if none is to be excused. */
    private @Nullable Long excusedUntil;

    /** One object, so that other threads read what belongs together. */
    private record Opinion(PeerState state, long since, long changes) {}

    WatchedPeer(NodeId id, Estimator estimator, long now) {
        this.id = id;
        this.estimator = estimator;
        this.opinion = new Opinion(PeerState.UNKNOWN, now, 0);
        this.lastArrival = new AtomicLong(now);
    }

    NodeId id() {
        return id;
    }

    PeerState state() {
        return opinion.state;
    }

    /** See {@link Estimator#shortfall()}; as of the last judgment. */
    @Nullable
    String shortfall() {
        return shortfall;
    }

    PeerView view(long now) {
        Opinion held = opinion;
        return new PeerView(
                held.state,
                Duration.ofNanos(Math.max(0, now - held.since)),
                held.state == PeerState.UNKNOWN
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, now - lastArrival.get()))),
                held.changes);
    }

    ObservedQuality quality(long now) {
        return quality.at(now);
    }

    long silenceNanos(long now) {
        return now - lastArrival.getPlain();
    }

    void arrival(long now) {
        lastArrival.lazySet(now);
        excusedUntil = null;
        if (state() != PeerState.UP) {
            quality.up(now, !lost);
            become(PeerState.UP, now);
        }
        lost = false;
    }

    void heartbeat(long now) {
        arrival(now);
        if (inRhythm) {
            estimator.interArrival(now - lastHeartbeat);
        }
        lastHeartbeat = now;
        inRhythm = true;
    }

    /**
     * The connection is lost. The peer may come back as another process, with another rhythm.
     *
     * @param newExcuse until when that is no evidence against the peer, if nothing else comes from
     *     it; null if it is evidence
     */
    void disconnected(long now, @Nullable Long newExcuse) {
        inRhythm = false;
        lost = true;
        estimator.forget();
        if (state() != PeerState.UP) {
            return;
        }
        if (newExcuse == null) {
            suspect(PeerState.SUSPECTED, now);
        } else if (excusedUntil == null) {
            // A second excuse does not prolong the first. So a process that is paused again and
            // again still notices a dead peer.
            excusedUntil = newExcuse;
        }
    }

    /**
     * Judges the silence. The state can only get worse here; an arrival makes it better.
     *
     * @param linkNanos for how long not even a part of a message has arrived
     */
    void judge(long now, long linkNanos) {
        if (isExcused(now)) {
            return;
        }
        PeerState state = state();
        if (state == PeerState.UP || state == PeerState.SUSPECTED) {
            PeerState verdict = estimator.verdict(Math.min(silenceNanos(now), linkNanos));
            if (verdict.compareTo(state) > 0) {
                suspect(verdict, now);
            }
            shortfall = estimator.shortfall();
        }
    }

    /** Subtracts a pause of this node from the silence: nobody was listening. */
    void discountPause(long nanos, long now) {
        lastArrival.lazySet(lastArrival.getPlain() + Math.min(nanos, silenceNanos(now)));
        lastHeartbeat += Math.min(nanos, now - lastHeartbeat);
        quality.discountPause(nanos);
        if (excusedUntil != null) {
            excusedUntil += nanos;
        }
    }

    private boolean isExcused(long now) {
        if (excusedUntil == null) {
            return false;
        }
        if (now - excusedUntil < 0) {
            return true;
        }
        excusedUntil = null;
        suspect(PeerState.SUSPECTED, now);
        return false;
    }

    private void suspect(PeerState worse, long now) {
        quality.worse(worse, now, silenceNanos(now));
        become(worse, now);
    }

    private void become(PeerState state, long now) {
        opinion = new Opinion(state, now, opinion.changes + 1);
    }
}
