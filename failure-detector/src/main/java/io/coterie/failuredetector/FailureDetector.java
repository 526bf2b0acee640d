package io.coterie.failuredetector;

import io.coterie.failuredetector.internal.events.FlightEvents;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the peers of a node: sends each of them a heartbeat per interval, and forms an opinion of
 * each from the messages that arrive.
 *
 * <ul>
 *   <li>Any message makes the peer {@link PeerState#UP}. A part of a large message, which a slow
 *       link has brought so far, ends a silence, too, where the {@linkplain NodeLoop#silenceNanos
 *       transport knows of it}.
 *   <li>A lost connection makes the peer {@link PeerState#SUSPECTED} at once: a process that dies
 *       is noticed as soon as its operating system closes its sockets.
 *   <li>Silence makes the peer suspected and then {@link PeerState#DOWN}, after the times that
 *       {@link FailureDetection} sets. While it is suspected, up to three other peers are asked, in
 *       each interval, when they heard it last. If they still hear it, it is {@link
 *       PeerState#UNREACHABLE_FROM_HERE} instead.
 *   <li>Time in which this node's own loop was stopped or stuck, more than one interval late, does
 *       not count as silence of others (the idea of local health: Dadgar, Phillips and Currey,
 *       Lifeguard, 2018). Peers may have closed their connections meanwhile. After a pause of half a
 *       second or more, a connection that is lost is no evidence until one interval and 2 s have
 *       passed, in which it can be opened again. So a node that wakes from a pause suspects nobody
 *       who is alive.
 *   <li>A peer whose connection was lost, or that was started again, starts with an empty record at
 *       its next message. The opinion is about the process that has the peer's name now: what still
 *       comes of an earlier one is ignored.
 *   <li>A heartbeat has what its sender thinks of the receiver. One that is suspected by mistake
 *       answers at once. One that is not heard, though it hears the other, has {@link
 *       PeerState#ONE_WAY} of it.
 *   <li>A node that is {@linkplain RpcNode#close() closed} says so. It is {@link PeerState#CLOSED}, and
 *       not suspected.
 * </ul>
 *
 * <p><strong>It is an opinion, nothing more.</strong> It helps to choose which node to ask first,
 * where to leave hints, or when to look for a replacement. It is wrong at times, and two nodes may
 * disagree, so no safety property may depend on it. Coterie itself shows the opinions in its status,
 * fails operations sooner where too many replicas are down, and has no changes of a contended key
 * merged by a replica that is down. All other requests go to all replicas at once, whatever the
 * opinions are.
 *
 * <p>Heartbeats go to the peers that a node watches. Peers that watch this node in turn need a
 * detector of their own; it also answers the heartbeats of nodes that it does not watch.
 *
 * <p>A node may watch this one without being watched, as a client watches its replicas. Its
 * heartbeats are answered, and nothing is kept about it but its name, for up to 1000 such nodes.
 *
 * <p>Cost: one message of some 50 bytes per interval to each peer, some hundred bytes of memory per
 * peer, and the window of {@link PhiAccrual#withWindow}.
 *
 * <p>Threading: any thread may call all methods. Each listener is called by the executor that it was
 * added with.
 */
public final class FailureDetector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FailureDetector.class);

    private final RpcNode node;
    private final long intervalNanos;
    private final FailureDetection config;

    /**
     * Changed on the loop. In order of names: the order of a hash map may differ between runs, and a
     * simulation must replay.
     */
    private final Map<NodeId, WatchedPeer> peers = new ConcurrentSkipListMap<>();

    private final Listeners listeners = new Listeners();
    private final LocalHealth health;
    private final Beats beats;
    private final Sightings sightings;
    private final Arrivals arrivals;
    private volatile boolean closed;

    private FailureDetector(RpcNode node, Collection<NodeId> peers, FailureDetection config) {
        this.node = node;
        this.config = config;
        this.intervalNanos = config.heartbeatInterval().toNanos();
        this.beats = new Beats(node);
        this.sightings = new Sightings(node, this.peers.values(), intervalNanos);
        this.health = new LocalHealth(node.self(), node.world(), intervalNanos, this.peers.values(), listeners);
        this.arrivals = new Arrivals(node, this.peers, beats, health, () -> closed, this::announce);
        peers.forEach(this::add);
    }

    /**
     * Starts a detector, which sends its first heartbeats at once. A node can have only one in its
     * life. It stops with the node, or earlier by {@link #close()}.
     *
     * @param node the node that watches; started, and not closed
     * @param peers the nodes to watch from the start on, see {@link #watch}; the node itself may be
     *     among them and is left out
     * @param config the heartbeat interval and the judgment of silence
     * @throws IllegalStateException if the node has or had a failure detector
     */
    public static FailureDetector start(RpcNode node, Collection<NodeId> peers, FailureDetection config) {
        FlightEvents.register();
        FailureDetector detector = new FailureDetector(node, peers, config);
        // A heartbeat is sent without a call. A call gets an answer all the same: without one it
        // would be held until its time is over.
        node.serveInline(detector.beats.beat(), (caller, beat, answer) -> {
            detector.arrivals.onBeat(caller, beat);
            answer.reply(beat);
        });
        node.serveInline(detector.beats.echo(), (caller, echo, answer) -> {
            detector.arrivals.onEcho(caller, echo);
            answer.reply(echo);
        });
        node.serveInline(Sighting.SIGHTING, (caller, peer) -> detector.arrivals.sighting(peer));
        node.addPeerListener(detector.arrivals);
        node.world().scheduler().execute(detector::begin);
        return detector;
    }

    /**
     * The present opinion of a node: one look into a map, without a wait. {@link PeerState#UP} for
     * the node itself, {@link PeerState#UNKNOWN} for a node that is not watched. After {@link
     * #close()} it stays as it was, until the peer is no longer watched.
     */
    public PeerState state(NodeId peer) {
        WatchedPeer watched = peers.get(peer);
        if (watched != null) {
            return watched.state();
        }
        return peer.equals(node.self()) ? PeerState.UP : PeerState.UNKNOWN;
    }

    /**
     * What the detector thinks of each watched peer now, in the order of names. Immutable. What
     * belongs to one peer is of one moment; two peers are looked at one after the other.
     */
    public Map<NodeId, PeerView> view() {
        long now = now();
        return ofEach(peer -> peer.view(now));
    }

    /**
     * How good the opinions of each watched peer were so far, in the order of names. Immutable. The
     * memory for it is constant for each peer, and a message costs nothing more.
     */
    public Map<NodeId, ObservedQuality> quality() {
        long now = now();
        return ofEach(peer -> peer.quality(now));
    }

    private <T> Map<NodeId, T> ofEach(Function<WatchedPeer, T> look) {
        Map<NodeId, T> all = new LinkedHashMap<>();
        peers.forEach((id, peer) -> all.put(id, look.apply(peer)));
        return Collections.unmodifiableMap(all);
    }

    /**
     * Why the wanted quality can't be had of a peer on the network as it was observed; empty if it
     * can, if too little is known, or if the peer is not watched. Only {@link WantedQuality} has an
     * answer. One look into a map, as of the last judgment.
     */
    public Optional<String> shortfall(NodeId peer) {
        WatchedPeer watched = peers.get(peer);
        return watched == null ? Optional.empty() : Optional.ofNullable(watched.shortfall());
    }

    /**
     * Which heartbeats of watched peers were ignored so far, because they show nothing of the process
     * that has the peer's name now.
     */
    public IgnoredHeartbeats ignoredHeartbeats() {
        return arrivals.ignored();
    }

    /**
     * Watches a further peer, by the rules that hold for those of the start. It begins as {@link
     * PeerState#UNKNOWN}, and gets its first heartbeat as soon as the loop comes to it. The node
     * itself, and a peer that is watched already, change nothing. Does nothing after {@link
     * #close()}.
     */
    public void watch(NodeId peer) {
        node.world().scheduler().execute(() -> {
            WatchedPeer added = closed ? null : add(peer);
            if (added != null) {
                beats.send(added, now());
            }
        });
    }

    /**
     * Stops to watch a peer as soon as the loop comes to it: it gets no more heartbeats, is {@link
     * PeerState#UNKNOWN}, and all that was learned of it is forgotten. Listeners hear nothing more
     * of it, not even this; if it is watched again, they hear of it as of a new one. Does nothing
     * if the peer is not watched.
     */
    public void unwatch(NodeId peer) {
        node.world().scheduler().execute(() -> peers.remove(peer));
    }

    /**
     * Adds a listener. It first receives a change from {@link PeerState#UNKNOWN} for each peer that
     * already has another state, then every change. So the changes that it received always add up
     * to the present state of each peer that is watched. A listener cannot be removed. Does nothing
     * after {@link #close()}.
     *
     * <p>If 1000 changes wait for a slow listener, a further one is merged with one of the same peer
     * that waits: then the listener misses what was between, and the changes still add up.
     *
     * @param executor calls the listener, one call at a time and in the order of changes, from
     *     whichever threads it has. {@code Runnable::run} makes the node's loop call it: only for
     *     code that never blocks, such as protocols. An executor that refuses is asked again at the
     *     next change
     */
    public void addListener(PeerStateListener listener, Executor executor) {
        node.world().scheduler().execute(() -> {
            if (!closed) {
                listeners.add(listener, executor, peers.values());
            }
        });
    }

    /**
     * Adds a listener for pauses of this process. It is notified of those that are noticed from now
     * on, and cannot be removed. Does nothing after {@link #close()}.
     *
     * @param atLeast shorter pauses are not reported; zero or more. For a lease, take a part of its
     *     time. No pause shorter than one heartbeat interval is noticed
     * @param executor calls the listener, as in {@link #addListener}. If 1000 pauses wait for it,
     *     the further ones are added up into one
     * @throws IllegalArgumentException if {@code atLeast} is negative
     */
    public void addPauseListener(Duration atLeast, PauseListener listener, Executor executor) {
        if (atLeast.isNegative()) {
            throw new IllegalArgumentException("atLeast " + Durations.text(atLeast) + " is negative");
        }
        node.world().scheduler().execute(() -> {
            if (!closed) {
                listeners.add(listener, atLeast, executor);
            }
        });
    }

    /**
     * Stops the detector: it sends no more heartbeats and reports nothing more to listeners, except
     * for what the loop is doing at this moment, and what waits for their executors. The node stays
     * open. A second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
    }

    /** Returns null if the peer was watched before, or is this node. */
    private @Nullable WatchedPeer add(NodeId peer) {
        WatchedPeer added = new WatchedPeer(peer, config.newEstimator(), now());
        return peer.equals(node.self()) || peers.putIfAbsent(peer, added) != null ? null : added;
    }

    /** The start of this detector, by which peers know it. */
    long start() {
        return beats.start();
    }

    private void begin() {
        health.begin(now());
        tick();
    }

    private void tick() {
        if (closed) {
            return;
        }
        long now = now();
        node.world().scheduler().schedule(intervalNanos, this::tick);
        health.onTimer(now);
        for (WatchedPeer peer : peers.values()) {
            PeerState before = peer.state();
            peer.judge(now, node.loop().silenceNanos(peer.id()));
            if (peer.state() != before) {
                announce(peer, before, silence(peer, now));
            }
        }
        sightings.ask(now);
        // After the judgment, so that a peer gets to know at once that it is suspected.
        for (WatchedPeer peer : peers.values()) {
            beats.send(peer, now);
        }
    }

    private static String silence(WatchedPeer peer, long now) {
        String others = peer.state() == PeerState.UNREACHABLE_FROM_HERE ? ", but another peer hears it" : "";
        return "silent for " + peer.silenceNanos(now) / 1_000_000 + " ms" + others;
    }

    private void announce(WatchedPeer peer, PeerState before, String why) {
        PeerState state = peer.state();
        if (state == before) {
            return;
        }
        log.info("{}: peer {} is {} ({}), was {}", node.self(), peer.id(), state, why, before);
        FlightEvents.opinion(
                peer.id(), before.name(), state.name(), why, peer.heldBeforeNanos(), peer.silenceNanos(now()));
        listeners.changed(peer.id(), before, state);
    }

    private long now() {
        return node.world().clock().nanos();
    }
}
