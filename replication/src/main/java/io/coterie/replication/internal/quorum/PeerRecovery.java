package io.coterie.replication.internal.quorum;

import io.coterie.replication.Quorums;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.PeerListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests that wait for replicas of which nothing is heard. The first sign of life of one ends
 * their wait, so that what was under way while this node was cut off goes on when it is back, and
 * not when the wait would be over, which has grown meanwhile.
 */
public final class PeerRecovery implements PeerListener {
    private final QuorumContext context;
    private final long[] signs;
    private final List<Set<Waiting>> waiting = new ArrayList<>();

    /** A request to a silent replica. */
    interface Waiting {
        /**
         * There is a sign of life of the replica, to that place. Told once for each time that it
         * waited.
         */
        void onSign(int replica);
    }

    public PeerRecovery(QuorumContext context) {
        this.context = context;
        this.signs = new long[context.replicas().size()];
        for (int i = 0; i < signs.length; i++) {
            waiting.add(new LinkedHashSet<>());
        }
    }

    /**
     * How many signs of life of a replica there were so far: with no more of them than before, it
     * was silent since.
     */
    long signs(int replica) {
        return signs[replica];
    }

    /**
     * Whether a majority was heard of, this node being one of it if it is a replica, since the
     * counts were set, which are set anew.
     */
    public boolean isMajorityHeard(long[] counts) {
        int heard = context.selfIndex() < 0 ? 0 : 1;
        for (int i = 0; i < signs.length; i++) {
            heard += signs[i] > counts[i] ? 1 : 0;
            counts[i] = signs[i];
        }
        return heard >= Quorums.majority(signs.length);
    }

    /** Waits from now on, if it does not yet. */
    void await(int replica, Waiting request) {
        waiting.get(replica).add(request);
    }

    /** Waits no more. */
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
            // Behind what arrives in this turn: it may be what some of them wait for.
            context.world().scheduler().execute(() -> those.forEach(request -> request.onSign(replica)));
        }
    }

    @Override
    public String toString() {
        return "waited for by " + waiting.stream().map(Set::size).toList();
    }
}
