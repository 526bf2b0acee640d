package io.coterie.replication.internal.quorum;

import io.coterie.replication.Quorums;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a majority of replicas is connected, and whether any is, this node among them if it is
 * one; and for how long they have not been. What would begin meanwhile waits for a grace, as a
 * connection that breaks mostly comes back soon, and is refused after that.
 *
 * <p>A replica that the failure detector takes for dead does not count, as a machine that is cut
 * off or stopped leaves its connection open for long. A transport that never tells of a connection
 * leaves this node in ignorance: then all others count as connected.
 */
public final class Connections implements PeerListener {
    private static final long PROBE_PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final QuorumContext context;
    private final long graceNanos;
    private final Threshold majority;
    private final Threshold any = new Threshold(1);
    private final List<Runnable> listeners = new ArrayList<>();

    /** A bit for each replica. */
    private long connected;

    /** A bit for each replica that was taken for dead, and not heard of since. */
    private long silent;

    private boolean isTold;

    /** How many replicas were asked for a sign of life and have not answered. */
    private int probes;

    private final Repetition pauses;

    /** From when replicas are asked until a pause after their answers is over. */
    private boolean probing;

    /** Whether something came to wait for replicas since replicas were asked last. */
    private boolean isSought;

    public Connections(QuorumContext context, long graceNanos) {
        this.context = context;
        this.graceNanos = graceNanos;
        this.majority = new Threshold(Quorums.majority(context.replicas().size()));
        this.pauses = new Repetition(context.world().scheduler(), PROBE_PAUSE_NANOS, this::pauseIsOver);
        this.connected = context.selfIndex() < 0 ? 0 : 1L << context.selfIndex();
    }

    /** Whether so many are connected as a majority has. */
    public Threshold majority() {
        return majority;
    }

    /** Whether at least one is connected. */
    public Threshold any() {
        return any;
    }

    /**
     * Runs the listener, on the loop, when enough are connected again for something, and when the
     * grace without them is over.
     */
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    /** How each replica is connected. */
    public Map<NodeId, String> describe() {
        Map<NodeId, String> said = new LinkedHashMap<>();
        for (NodeId replica : context.replicas()) {
            said.put(replica, describe(replica));
        }
        return said;
    }

    private String describe(NodeId replica) {
        if ((reached() & bit(replica)) != 0) {
            return "not asked";
        }
        boolean mayBeConnected = !isTold || (connected & bit(replica)) != 0;
        return mayBeConnected ? "silent, and considered down" : context.describeUnconnected(replica);
    }

    /**
     * Something waits for replicas. Some transports connect only when there is something to send:
     * sends something to each replica that is not connected, again and again until the grace is
     * over.
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
        for (NodeId replica : away) {
            context.node().send(replica, ReplicaMethods.REPORT, true, context.attemptNanos(), new Probe());
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
        if (!majority.isReached && (isSought || !majority.isGraceOver)) {
            probe();
        }
    }

    /** Notes the connections that are there already. */
    public void begin() {
        for (NodeId replica : context.otherReplicas()) {
            if (context.node().isConnected(replica)) {
                onConnected(replica);
            }
        }
    }

    /**
     * The failure detector takes the peer for dead: it does not count until it is heard of again.
     */
    public void onSilence(NodeId peer) {
        silent |= bit(peer);
        update();
    }

    /** A transport may have told of a loss, and not of what came after it. */
    @Override
    public void onArrival(NodeId peer) {
        if (silent != 0 || !majority.isReached) {
            heard(peer);
        }
    }

    @Override
    public void onConnected(NodeId peer) {
        isTold = true;
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
        int index = context.indexOf(peer);
        return index < 0 ? 0 : 1L << index;
    }

    /** A bit for each replica that counts as connected. */
    private long reached() {
        return (isTold ? connected : context.allBits()) & ~silent;
    }

    private void update() {
        int count = Long.bitCount(reached());
        // Both, before anyone is told of one.
        boolean isNews = majority.update(count);
        isNews |= any.update(count);
        if (isNews) {
            tell();
        }
    }

    private void tell() {
        // What begins or ends by it may open a store, which listens, too.
        List.copyOf(listeners).forEach(Runnable::run);
    }

    /** Whether at least so many replicas are connected, and if they are not, for how long. */
    public final class Threshold {
        private final int needed;
        private boolean isReached = true;
        private boolean isGraceOver;

        /** How often it was lost or reached. */
        private int changes;

        Threshold(int needed) {
            this.needed = needed;
        }

        public boolean isReached() {
            return isReached;
        }

        /** Whether what waits for them is to be refused. */
        public boolean isGraceOver() {
            return isGraceOver;
        }

        /** Returns whether it is reached again, or given up at once. */
        private boolean update(int count) {
            boolean now = count >= needed;
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
                        tell();
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
