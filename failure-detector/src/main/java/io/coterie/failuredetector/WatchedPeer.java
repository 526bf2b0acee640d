package io.coterie.failuredetector;

import io.coterie.rpc.NodeId;

/**
 * What is known of one peer. A plain value that is told the time: it reads no clock, so that the same calls always end in
 * the same state. All changes happen on the loop; only the state may be read by any thread.
 *
 * <p>Silence is measured from the last message of any kind, but the rhythm is learnt from heartbeats alone: under load,
 * thousands of messages in a millisecond would push every regular gap out of the window.
 */
final class WatchedPeer {
    private final NodeId id;
    private final Estimator estimator;
    private volatile PeerState state = PeerState.UNKNOWN;
    private long lastArrival;
    private long lastHeartbeat;
    private boolean inRhythm;

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

    long silenceNanos(long now) {
        return now - lastArrival;
    }

    void arrival(long now) {
        lastArrival = now;
        if (state == PeerState.DOWN) {
            breakRhythm();
        }
        if (state != PeerState.UP) {
            state = PeerState.UP;
        }
    }

    void heartbeat(long now) {
        arrival(now);
        if (inRhythm) {
            estimator.gap(now - lastHeartbeat);
        }
        lastHeartbeat = now;
        inRhythm = true;
    }

    /** The connection is lost: the peer may come back as another process, whose rhythm starts anew. */
    void disconnected() {
        breakRhythm();
        if (state == PeerState.UP) {
            state = PeerState.SUSPECTED;
        }
    }

    /**
     * Judges the silence. It can only make the state worse: what makes it better is to hear of the peer.
     *
     * @param linkNanos for how long not even a part of a message came
     */
    void judge(long now, long linkNanos) {
        if (state == PeerState.UP || state == PeerState.SUSPECTED) {
            PeerState verdict = estimator.verdict(Math.min(silenceNanos(now), linkNanos));
            if (verdict.compareTo(state) > 0) {
                state = verdict;
            }
        }
    }

    /** Takes back a part of the silence, in which nobody was listening. */
    void excuse(long nanos, long now) {
        lastArrival += Math.min(nanos, now - lastArrival);
        lastHeartbeat += Math.min(nanos, now - lastHeartbeat);
    }

    private void breakRhythm() {
        inRhythm = false;
        estimator.forget();
    }
}
