package io.coterie.failuredetector;

import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * Asks other peers what they have heard of one that is silent here (the indirect probes of SWIM: Das,
 * Gupta and Motivala, 2002). They need not probe it: each hears the heartbeats that come over its
 * own connection, which is that of the traffic. Only to be used on the loop.
 */
final class Sightings {
    /** How many others are asked about one peer. */
    static final int HELPERS = 3;

    /** How many peers are asked about in one interval at most, however many are silent. */
    static final int MAX_TARGETS = 16;

    /** A peer that is down is asked about once in so many intervals. */
    static final int SELDOM = 10;

    private static final long MIN_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final RpcNode node;
    private final Collection<WatchedPeer> peers;
    private final long timeoutNanos;
    private int round;

    /** The place of the peer to begin with, as there were too many before it. */
    private int cursor;

    /** @param peers those that are watched, as they are in each interval */
    Sightings(RpcNode node, Collection<WatchedPeer> peers, long intervalNanos) {
        this.node = node;
        this.peers = peers;
        this.timeoutNanos = Math.max(MIN_TIMEOUT_NANOS, 2 * intervalNanos);
    }

    /** Asks about the peers that are silent now. Called once in an interval. */
    void ask(long now) {
        round++;
        int first = cursor;
        cursor = 0;
        int asked = askAbout(first, Integer.MAX_VALUE, 0, now);
        if (cursor == 0) {
            askAbout(0, first, asked, now);
        }
    }

    private int askAbout(int first, int end, int askedBefore, long now) {
        int asked = askedBefore;
        int place = 0;
        for (WatchedPeer peer : peers) {
            if (place >= first && place < end && isDue(peer, place)) {
                if (asked == MAX_TARGETS) {
                    cursor = place;
                    return asked;
                }
                askOthers(peer, now);
                asked++;
            }
            place++;
        }
        return asked;
    }

    private boolean isDue(WatchedPeer peer, int place) {
        return peer.isMissed() && (peer.state() != PeerState.DOWN || (round + place) % SELDOM == 0);
    }

    private void askOthers(WatchedPeer missed, long now) {
        // Others in each round, as one of them may be cut off from the peer as well.
        int first = round % peers.size();
        int asked = askFrom(first, Integer.MAX_VALUE, missed, now, 0);
        askFrom(0, first, missed, now, asked);
    }

    private int askFrom(int first, int end, WatchedPeer missed, long now, int askedBefore) {
        int asked = askedBefore;
        int place = 0;
        for (WatchedPeer helper : peers) {
            if (place >= first && place < end && asked < HELPERS && helper.state() == PeerState.UP) {
                node.loop().send(helper.id(), Sighting.SIGHTING, missed.id(), timeoutNanos, new Answer(missed, now));
                asked++;
            }
            place++;
        }
        return asked;
    }

    private record Answer(WatchedPeer missed, long askedAt) implements ReplyHandler<Sighting> {
        @Override
        public void onReply(NodeId peer, Sighting sighting) {
            if (sighting.silentMillis() >= 0) {
                // At the earliest: the time in which the question was on its way is not added.
                long at = askedAt - TimeUnit.MILLISECONDS.toNanos(sighting.silentMillis());
                missed.seenElsewhere(sighting.start(), at);
            }
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            // It is of an older version, or cannot be reached: others are asked, too.
        }
    }
}
