package io.coterie.failuredetector;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The heartbeats that a node sends. Each has the start of this detector, and a number. Only to be
 * used on the loop.
 */
final class Beats {
    /** How many nodes are remembered that watch this one without being watched. */
    private static final int MAX_GUESTS = 1000;

    private static final int RANDOM_BITS = 20;

    private final RpcNode node;
    private final long start;
    private final Heartbeat out = new Heartbeat();
    private final RpcMethod<Heartbeat, Heartbeat> beat = Heartbeat.method(Heartbeat.BEAT, new Heartbeat());
    private final RpcMethod<Heartbeat, Heartbeat> echo = Heartbeat.method(Heartbeat.ECHO, new Heartbeat());

    /** To whom this node says that it leaves, besides those that it watches. */
    private final Set<NodeId> guests = new LinkedHashSet<>();

    private long number;

    Beats(RpcNode node) {
        this.node = node;
        // Starts within the same millisecond differ by chance, and are hardly ever of one node.
        long millis = Math.max(1, node.world().clock().wallMillis());
        long chance = node.world().random().nextLong() >>> (Long.SIZE - RANDOM_BITS);
        this.start = (millis << RANDOM_BITS | chance) & Long.MAX_VALUE;
    }

    RpcMethod<Heartbeat, Heartbeat> beat() {
        return beat;
    }

    RpcMethod<Heartbeat, Heartbeat> echo() {
        return echo;
    }

    /** The start of this detector, by which peers know it. */
    long start() {
        return start;
    }

    /** The number of the last heartbeat that was sent. */
    long number() {
        return number;
    }

    void send(WatchedPeer peer, long now) {
        peer.describe(fresh(), now);
        node.loop().tellUrgent(peer.id(), beat, out);
    }

    /** Answers the heartbeat of a node that is not watched. */
    void answer(NodeId caller, Heartbeat heard) {
        if (heard.leaves) {
            guests.remove(caller);
            return;
        }
        if (guests.size() < MAX_GUESTS) {
            guests.add(caller);
        }
        Heartbeat answer = fresh();
        answer.opinion = Heartbeat.Opinion.UP;
        answer.heardStart = Math.max(0, heard.start);
        answer.heardNumber = Math.max(0, heard.number);
        answer.silentMillis = 0;
        node.loop().tellUrgent(caller, echo, answer);
    }

    /** This node ends: whoever watches it need not suspect it. */
    void leave(Iterable<NodeId> watched) {
        watched.forEach(guests::add);
        for (NodeId peer : guests) {
            fresh().leaves = true;
            node.loop().tellUrgent(peer, beat, out);
        }
    }

    void forget(NodeId guest) {
        guests.remove(guest);
    }

    private Heartbeat fresh() {
        out.version = Heartbeat.VERSION;
        out.start = start;
        out.number = ++number;
        out.leaves = false;
        out.opinion = Heartbeat.Opinion.UNKNOWN;
        out.heardStart = 0;
        out.heardNumber = 0;
        out.silentMillis = -1;
        return out;
    }
}
