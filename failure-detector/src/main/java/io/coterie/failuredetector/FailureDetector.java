package io.coterie.failuredetector;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.RpcNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the peers of a node: sends each of them a heartbeat per interval, and forms an opinion of each by what is heard of
 * it.
 *
 * <ul>
 *   <li>Any message of a peer makes it {@link PeerState#UP}. A part of a large one that a slow link has brought so far breaks a
 *       silence, too, where the {@linkplain RpcNode#silenceNanos transport knows of it}.
 *   <li>A lost connection makes it {@link PeerState#SUSPECTED} at once: a process that dies is noticed as fast as its
 *       operating system closes its sockets.
 *   <li>Silence makes it suspected and then {@link PeerState#DOWN}, when {@link FailureDetection} says so.
 *   <li>Time that the node's own loop spent stopped or stuck, more than one interval late, does not count as silence of
 *       others (the idea of local health: Dadgar, Phillips and Currey, Lifeguard, 2018). A node that wakes from a pause
 *       accuses nobody.
 *   <li>A peer that was down, or whose connection was lost, starts with a clean record when it is heard of again.
 * </ul>
 *
 * <p><strong>An opinion, nothing more.</strong> It steers preference: whom to ask first, where to leave hints, when to look
 * for a replacement. It is wrong at times, and two nodes may disagree, so no safety property may depend on it.
 *
 * <p>A node that is not watched may watch this one all the same (a client its replicas): its heartbeats are answered, and
 * nothing is kept about it.
 *
 * <p>All methods may be called by any thread.
 */
public final class FailureDetector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FailureDetector.class);

    private final RpcNode node;
    private final long intervalNanos;
    private final Map<NodeId, WatchedPeer> peers = new LinkedHashMap<>();
    private final List<PeerStateListener> listeners = new ArrayList<>();
    private volatile boolean closed;
    private long tickDue;

    private FailureDetector(RpcNode node, Collection<NodeId> peers, FailureDetection config) {
        this.node = node;
        this.intervalNanos = config.heartbeatInterval().toNanos();
        // In order of names: the order of a set may differ from run to run, and a simulation must replay.
        for (NodeId peer : new TreeSet<>(peers)) {
            if (!peer.equals(node.self())) {
                this.peers.put(peer, new WatchedPeer(peer, config.newEstimator()));
            }
        }
    }

    /**
     * Starts to watch. A node can have one failure detector in its life.
     *
     * @param peers whom to watch; the node itself may be among them and is left out
     * @throws IllegalStateException if the node has or had a failure detector
     */
    public static FailureDetector start(RpcNode node, Collection<NodeId> peers, FailureDetection config) {
        FailureDetector detector = new FailureDetector(node, peers, config);
        node.serveInline(Heartbeat.BEAT, (caller, beat, answer) -> detector.onHeartbeat(caller));
        node.serveInline(Heartbeat.ECHO, (caller, beat, answer) -> detector.onEcho(caller));
        node.addPeerListener(detector.new Ears());
        node.world().scheduler().execute(detector::begin);
        return detector;
    }

    /**
     * The present opinion of a node. {@link PeerState#UP} for the node itself, {@link PeerState#UNKNOWN} for one that is not
     * watched. After {@link #close()} it stays as it was.
     */
    public PeerState state(NodeId peer) {
        WatchedPeer watched = peers.get(peer);
        if (watched != null) {
            return watched.state();
        }
        return peer.equals(node.self()) ? PeerState.UP : PeerState.UNKNOWN;
    }

    /**
     * Adds a listener. It first gets a change from {@link PeerState#UNKNOWN} for each peer that is in another state already,
     * then every change: what it was told always adds up to the present state.
     */
    public void addListener(PeerStateListener listener) {
        node.world().scheduler().execute(() -> introduce(listener));
    }

    /**
     * Ends the watch: no heartbeat is sent, and no listener called, that was not under way on the loop already. The node stays
     * open. A second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
    }

    private void introduce(PeerStateListener listener) {
        if (closed) {
            return;
        }
        listeners.add(listener);
        for (WatchedPeer peer : peers.values()) {
            if (peer.state() != PeerState.UNKNOWN) {
                tell(listener, peer.id(), PeerState.UNKNOWN, peer.state());
            }
        }
    }

    private void begin() {
        tickDue = now();
        tick();
    }

    private void tick() {
        if (closed) {
            return;
        }
        long now = now();
        long late = now - tickDue;
        tickDue = now + intervalNanos;
        node.world().scheduler().schedule(intervalNanos, this::tick);
        for (WatchedPeer peer : peers.values()) {
            node.tell(peer.id(), Heartbeat.BEAT, Heartbeat.INSTANCE);
        }
        for (WatchedPeer peer : peers.values()) {
            if (late > intervalNanos) {
                peer.excuse(late, now);
            }
            PeerState before = peer.state();
            peer.judge(now, node.silenceNanos(peer.id()));
            announce(peer, before, "silent for " + peer.silenceNanos(now) / 1_000_000 + " ms");
        }
    }

    private void onHeartbeat(NodeId caller) {
        if (!peers.containsKey(caller) && !closed) {
            node.tell(caller, Heartbeat.ECHO, Heartbeat.INSTANCE);
        }
        onEcho(caller);
    }

    private void onEcho(NodeId caller) {
        WatchedPeer peer = peers.get(caller);
        if (peer != null && !closed) {
            PeerState before = peer.state();
            peer.heartbeat(now());
            announce(peer, before, "heard of");
        }
    }

    private void announce(WatchedPeer peer, PeerState before, String why) {
        PeerState state = peer.state();
        if (state == before) {
            return;
        }
        log.info("{}: peer {} is {} ({}), was {}", node.self(), peer.id(), state, why, before);
        for (PeerStateListener listener : listeners) {
            tell(listener, peer.id(), before, state);
        }
    }

    private void tell(PeerStateListener listener, NodeId peer, PeerState before, PeerState now) {
        try {
            listener.onChange(peer, before, now);
        } catch (Throwable e) {
            log.error(
                    "{}: listener {} threw when told that peer {} is {}, and missed it; fix the listener",
                    node.self(),
                    listener,
                    peer,
                    now,
                    e);
        }
    }

    private long now() {
        return node.world().clock().nanos();
    }

    private final class Ears implements PeerListener {
        @Override
        public void onArrival(NodeId id) {
            WatchedPeer peer = peers.get(id);
            if (peer != null && !closed) {
                PeerState before = peer.state();
                peer.arrival(now());
                announce(peer, before, "heard of");
            }
        }

        @Override
        public void onDisconnected(NodeId id, String reason) {
            WatchedPeer peer = peers.get(id);
            if (peer != null && !closed) {
                PeerState before = peer.state();
                peer.disconnected();
                announce(peer, before, reason);
            }
        }
    }
}
