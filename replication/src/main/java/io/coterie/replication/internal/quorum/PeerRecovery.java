package io.coterie.replication.internal.quorum;

import io.coterie.replication.spi.Voters;
import io.coterie.rpc.PeerListener;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests that wait for silent replicas. The first sign of life of a replica ends their wait.
 * So requests that were in flight while this node was cut off continue when it is back, and not
 * only after their backoff, which has grown meanwhile.
 */
public final class PeerRecovery implements PeerListener {
    private final QuorumContext context;
    private final List<Set<Waiting>> waiting = new ArrayList<>();
    private long[] signs;

    /** How many of the signs were there when it was last asked whether a quorum was heard. */
    private long[] counted;

    /** A request to a silent replica. */
    interface Waiting {
        /**
         * There is a sign of life of the replica with this index. Called once for each {@link
         * #await}.
         */
        void onSign(int replica);
    }

    public PeerRecovery(QuorumContext context) {
        this.context = context;
        this.signs = new long[context.replicas().size()];
        this.counted = new long[signs.length];
        nobodyWaits();
        context.onChange(this::votersChanged);
    }

    private void nobodyWaits() {
        waiting.clear();
        for (int i = 0; i < signs.length; i++) {
            waiting.add(new LinkedHashSet<>());
        }
    }

    /** All requests have ended that wait. */
    private void votersChanged(Voters before, Voters now) {
        signs = now.valuesOf(before, signs, 0);
        counted = now.valuesOf(before, counted, 0);
        nobodyWaits();
    }

    /**
     * How many signs of life of a replica there were so far. If the number has not changed, the
     * replica was silent.
     */
    long signs(int replica) {
        return signs[replica];
    }

    /**
     * Whether there were signs of life of a quorum since the last call. A replica counts itself.
     */
    public boolean isQuorumHeard() {
        long heard = context.voters().bit(context.self());
        for (int i = 0; i < signs.length; i++) {
            heard |= signs[i] > counted[i] ? 1L << i : 0;
            counted[i] = signs[i];
        }
        return context.voters().isQuorum(heard);
    }

    /** The request waits from now on, if it does not wait yet. */
    void await(int replica, Waiting request) {
        waiting.get(replica).add(request);
    }

    /** The request no longer waits. */
    void leave(int replica, Waiting request) {
        waiting.get(replica).remove(request);
    }

    @Override
    public void onArrival(NodeId peer) {
        sign(peer);
    }

    @Override
    public void onConnected(NodeId peer) {
        sign(peer);
    }

    private void sign(NodeId peer) {
        int replica = context.indexOf(peer);
        if (replica < 0) {
            return;
        }
        signs[replica]++;
        Set<Waiting> those = waiting.get(replica);
        if (!those.isEmpty()) {
            waiting.set(replica, new LinkedHashSet<>());
            // After the arrivals of this turn: they may have the answers that some requests wait
            // for.
            context.world().scheduler().execute(() -> those.forEach(request -> request.onSign(replica)));
        }
    }

    @Override
    public String toString() {
        return "waited for by " + waiting.stream().map(Set::size).toList();
    }
}
