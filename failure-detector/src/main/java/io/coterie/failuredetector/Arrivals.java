package io.coterie.failuredetector;

import io.coterie.rpc.PeerListener;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What comes from peers: messages, heartbeats, and the events of connections. Only to be used on the
 * loop.
 */
final class Arrivals implements PeerListener {
    private static final String ARRIVED = "a message arrived";

    private final RpcNode node;
    private final Map<NodeId, WatchedPeer> peers;
    private final Beats beats;
    private final LocalHealth health;
    private final BooleanSupplier closed;
    private final Announcer announcer;
    private final IgnoredCount ignored = new IgnoredCount();

    /** Is notified after each event of a peer, whose state may have changed. */
    interface Announcer {
        void announce(WatchedPeer peer, PeerState before, String why);
    }

    /**
     * @param peers those that are watched, as they are at each event
     * @param closed whether the detector is closed, and notes nothing more
     */
    Arrivals(
            RpcNode node,
            Map<NodeId, WatchedPeer> peers,
            Beats beats,
            LocalHealth health,
            BooleanSupplier closed,
            Announcer announcer) {
        this.node = node;
        this.peers = peers;
        this.beats = beats;
        this.health = health;
        this.closed = closed;
        this.announcer = announcer;
    }

    /** The heartbeats that were ignored. May be called by any thread. */
    IgnoredHeartbeats ignored() {
        return ignored.read();
    }

    void onBeat(NodeId caller, Heartbeat beat) {
        if (!peers.containsKey(caller) && !closed.getAsBoolean()) {
            beats.answer(caller, beat);
        } else {
            onEcho(caller, beat);
        }
    }

    void onEcho(NodeId caller, Heartbeat beat) {
        WatchedPeer peer = noted(caller);
        if (peer == null) {
            return;
        }
        long now = now();
        health.onArrival(now);
        if (beat.opinion == Heartbeat.Opinion.DOWN) {
            health.onAccusation(now);
        }
        PeerState before = peer.state();
        PeerStarts.Novelty novelty = peer.take(beat, beats, now, health.awakeNanos(now), health.enoughNanos());
        ignored.count(novelty);
        announcer.announce(peer, before, reason(peer));
        if (novelty.isNews() && beat.suspects(beats.start())) {
            // The peer need not wait for the next heartbeat to find that it is wrong.
            beats.send(peer, now);
        }
    }

    private static String reason(WatchedPeer peer) {
        return switch (peer.state()) {
            case ONE_WAY -> "its messages arrive, but it does not hear this node";
            case CLOSED -> "it has said that it ends";
            default -> ARRIVED;
        };
    }

    /** What this node has heard of a peer. */
    Sighting sighting(NodeId id) {
        WatchedPeer peer = noted(id);
        return peer == null ? Sighting.NONE : peer.sighting(now());
    }

    @Override
    public void onArrival(NodeId id) {
        WatchedPeer peer = noted(id);
        if (peer != null) {
            long now = now();
            health.onArrival(now);
            PeerState before = peer.state();
            if (peer.comes(now)) {
                node.world().scheduler().execute(() -> settle(peer));
            }
            announcer.announce(peer, before, ARRIVED);
        }
    }

    /** What came was no old heartbeat, or it was handled already. */
    private void settle(WatchedPeer peer) {
        if (noted(peer.id()) == peer) {
            PeerState before = peer.state();
            peer.settle(now());
            announcer.announce(peer, before, ARRIVED);
        }
    }

    @Override
    public void onConnected(NodeId id) {
        WatchedPeer peer = noted(id);
        if (peer != null) {
            PeerState before = peer.state();
            peer.connected(now());
            announcer.announce(peer, before, "another process has its name");
        }
    }

    @Override
    public void onDisconnected(NodeId id, String reason) {
        beats.forget(id);
        WatchedPeer peer = noted(id);
        if (peer != null) {
            long now = now();
            Long excuse = health.onLostConnection(now);
            PeerState before = peer.state();
            peer.disconnected(now, excuse);
            announcer.announce(peer, before, reason);
        }
    }

    @Override
    public void onClosing() {
        beats.leave(peers.keySet());
    }

    /** The peer if something is noted of it. */
    private @Nullable WatchedPeer noted(NodeId id) {
        return closed.getAsBoolean() ? null : peers.get(id);
    }

    private long now() {
        return node.world().clock().nanos();
    }
}
