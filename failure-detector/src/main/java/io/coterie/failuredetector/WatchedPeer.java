package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;
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
    private volatile PeerState state = PeerState.UNKNOWN;
    private volatile @Nullable String shortfall;
    private long lastArrival;
    private long lastHeartbeat;
    private boolean inRhythm;

    /** Until when the loss of its connection is no evidence; null if none is to be excused. */
    private @Nullable Long excusedUntil;

    WatchedPeer(NodeId id, Estimator estimator) {
        this.id = id;
        this.estimator = estimator;
    }

    NodeId id() {
        return id;
    }

    PeerState state() {
        return state;
    }

    /** See {@link Estimator#shortfall()}; as of the last judgment. */
    @Nullable
    String shortfall() {
        return shortfall;
    }

    long silenceNanos(long now) {
        return now - lastArrival;
    }

    void arrival(long now) {
        lastArrival = now;
        excusedUntil = null;
        if (state != PeerState.UP) {
            state = PeerState.UP;
        }
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
    void disconnected(@Nullable Long newExcuse) {
        inRhythm = false;
        estimator.forget();
        if (state != PeerState.UP) {
            return;
        }
        if (newExcuse == null) {
            state = PeerState.SUSPECTED;
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
        if (state == PeerState.UP || state == PeerState.SUSPECTED) {
            PeerState verdict = estimator.verdict(Math.min(silenceNanos(now), linkNanos));
            if (verdict.compareTo(state) > 0) {
                state = verdict;
            }
            shortfall = estimator.shortfall();
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
        state = PeerState.SUSPECTED;
        return false;
    }

    /** Subtracts a pause of this node from the silence: nobody was listening. */
    void discountPause(long nanos, long now) {
        lastArrival += Math.min(nanos, now - lastArrival);
        lastHeartbeat += Math.min(nanos, now - lastHeartbeat);
        if (excusedUntil != null) {
            excusedUntil += nanos;
        }
    }
}
