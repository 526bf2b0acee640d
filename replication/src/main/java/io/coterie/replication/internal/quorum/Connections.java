package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a majority of replicas is connected, and whether any replica is; a replica counts itself.
 * New operations wait while too few are connected, because most broken connections come back soon.
 * After a grace they are refused.
 *
 * <p>A replica that the failure detector considers down does not count, because the connection to a
 * stopped machine stays open for long. Where the transport reports no connections, all other
 * replicas count as connected.
 */
public final class Connections implements PeerListener {
    private static final long PROBE_PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final QuorumContext context;
    private final long graceNanos;
    private final Threshold majority = new Threshold();
    private final Threshold any = new Threshold();

    /** Those of stores that have chosen their quorums. */
    private final Map<Long, Threshold> chosen = new LinkedHashMap<>();

    /** Whether all of these are reached. Each message that arrives looks at it. */
    private boolean isEachReached = true;

    private final StoreQuorums quorums;
    private final List<Runnable> listeners = new ArrayList<>();

    /** A bit for each replica. */
    private long connected;

    /** A bit for each replica that was considered down, without a sign of life since. */
    private long silent;

    /** Whether the transport has reported any connection so far. */
    private boolean isReported;

    /** How many probes are in flight. */
    private int probes;

    private final Repetition pauses;

    /** Whether probes are in flight, or the pause after them is not over. */
    private boolean probing;

    /** Whether an operation began to wait for replicas since the last probes. */
    private boolean isSought;

    public Connections(QuorumContext context, StoreQuorums quorums, long graceNanos) {
        this.context = context;
        this.quorums = quorums;
        this.graceNanos = graceNanos;
        this.pauses = new Repetition(context.world().scheduler(), PROBE_PAUSE_NANOS, this::pauseIsOver);
        this.connected = bit(context.self());
        context.onChange(this::votersChanged);
    }

    private void votersChanged(Voters before, Voters now) {
        connected = now.bitsOf(before, connected) | bit(context.self());
        silent = now.bitsOf(before, silent);
        for (NodeId replica : context.otherReplicas()) {
            if (before.bit(replica) == 0 && context.node().isConnected(replica)) {
                connected |= bit(replica);
            }
        }
        // What waits for replicas must not begin before all know the new ones.
        context.world().scheduler().execute(this::update);
    }

    /** Whether a majority is connected. */
    public Threshold majority() {
        return majority;
    }

    /** Whether a prepare quorum and an accept quorum of a store are connected. */
    public Threshold quorums(long store) {
        if (quorums.of(store).areMajorities()) {
            return majority;
        }
        Threshold known = chosen.get(store);
        if (known == null) {
            known = new Threshold();
            known.update(quorums.voters(store).isReadQuorum(reached()));
            chosen.put(store, known);
            isEachReached &= known.isReached;
        }
        return known;
    }

    /** Whether at least one is connected. */
    public Threshold any() {
        return any;
    }

    /**
     * Runs the listener, on the loop, when a threshold is reached again, and when the grace without
     * it is over.
     */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    /** How each replica is connected. */
    public Map<NodeId, String> describe() {
        Map<NodeId, String> texts = new LinkedHashMap<>();
        for (NodeId replica : context.replicas()) {
            texts.put(replica, describe(replica));
        }
        return texts;
    }

    private String describe(NodeId replica) {
        if ((reached() & bit(replica)) != 0) {
            return "not asked";
        }
        boolean mayBeConnected = !isReported || (connected & bit(replica)) != 0;
        return mayBeConnected ? "silent, and considered down" : context.describeUnconnected(replica);
    }

    /**
     * An operation waits for replicas. Some transports connect only when there is something to
     * send, so this sends a probe to each replica that is not connected, again and again until the
     * grace is over.
     */
    public void seek() {
        isSought = true;
        if (!probing) {
            pauses.guard(this::probe);
        }
    }

    private void probe() {
        isSought = false;
        probing = true;
        List<NodeId> away = context.otherReplicas().stream()
                .filter(replica -> (reached() & bit(replica)) == 0)
                .toList();
        probes = away.size();
        if (away.isEmpty()) {
            // A store that is not defined for the members.
            pauses.in(PROBE_PAUSE_NANOS);
        }
        for (NodeId replica : away) {
            context.loop().send(replica, ReplicaMethods.REPORT, true, context.attemptNanos(), new Probe());
        }
    }

    private void probed() {
        probes--;
        if (probes == 0) {
            pauses.in(PROBE_PAUSE_NANOS);
        }
    }

    private void pauseIsOver() {
        probing = false;
        if (!isEachReached && (isSought || isAnyInGrace())) {
            probe();
        }
    }

    private boolean isAnyInGrace() {
        return majority.isInGrace() || chosen.values().stream().anyMatch(Threshold::isInGrace);
    }

    /** Counts the connections that are there already. */
    public void begin() {
        for (NodeId replica : context.otherReplicas()) {
            if (context.node().isConnected(replica)) {
                onConnected(replica);
            }
        }
    }

    /**
     * The failure detector considers the peer down: it does not count until its next sign of life.
     */
    public void onSilence(NodeId peer) {
        silent |= bit(peer);
        update();
    }

    /** Whether the failure detector considers the peer down. */
    public boolean isSilent(NodeId peer) {
        return silent != 0 && (silent & bit(peer)) != 0;
    }

    /** The transport may have reported a loss, and not the connection after it. */
    @Override
    public void onArrival(NodeId peer) {
        if (silent != 0 || !isEachReached) {
            heard(peer);
        }
    }

    @Override
    public void onConnected(NodeId peer) {
        isReported = true;
        heard(peer);
    }

    private void heard(NodeId peer) {
        connected |= bit(peer);
        silent &= ~bit(peer);
        update();
    }

    @Override
    public void onDisconnected(NodeId peer, String reason) {
        connected &= ~bit(peer);
        update();
    }

    private long bit(NodeId peer) {
        return context.voters().bit(peer);
    }

    /** A bit for each replica that counts as connected. */
    private long reached() {
        return (isReported ? connected : context.voters().allBits()) & ~silent;
    }

    private void update() {
        long reached = reached();
        // Both are updated before a listener runs.
        boolean isNews = majority.update(context.voters().isQuorum(reached));
        isNews |= any.update(reached != 0);
        for (Map.Entry<Long, Threshold> each : chosen.entrySet()) {
            isNews |= each.getValue().update(quorums.voters(each.getKey()).isReadQuorum(reached));
        }
        isEachReached = majority.isReached && chosen.values().stream().allMatch(Threshold::isReached);
        if (isNews) {
            runListeners();
        }
    }

    private void runListeners() {
        // A listener may open a store, which adds a listener.
        List.copyOf(listeners).forEach(Runnable::run);
    }

    /** Whether enough replicas are connected, and if not, whether the grace is over. */
    public final class Threshold {
        private boolean isReached = true;
        private boolean isGraceOver;

        /** How often the threshold was lost or reached. */
        private int changes;

        public boolean isReached() {
            return isReached;
        }

        private boolean isInGrace() {
            return !isReached && !isGraceOver;
        }

        /** Whether operations that wait for it are to be refused. */
        public boolean isGraceOver() {
            return isGraceOver;
        }

        /** Returns whether the threshold is reached again, or given up at once. */
        private boolean update(boolean now) {
            if (now == isReached) {
                return false;
            }
            isReached = now;
            isGraceOver = !now && graceNanos == 0;
            int change = ++changes;
            if (!now && !isGraceOver) {
                context.world().scheduler().schedule(graceNanos, () -> {
                    if (changes == change) {
                        isGraceOver = true;
                        runListeners();
                    }
                });
            }
            return now || isGraceOver;
        }
    }

    private final class Probe implements ReplyHandler<ReplicaMethods.Report> {
        @Override
        public void onReply(NodeId peer, ReplicaMethods.Report response) {
            probed();
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            probed();
        }
    }
}
