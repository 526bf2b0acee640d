package io.coterie.replication.internal.replica;

import io.coterie.rpc.PeerListener;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that have shown this replica that they were given the same list of replicas. Only they
 * get answers that count: majorities of two different lists need not share a replica.
 *
 * <p>A node that connects again must show its list again, because it may have been restarted with
 * another one.
 */
public final class IntroducedNodes implements PeerListener {
    /** With more nodes all are forgotten, which costs each of them one more message. */
    private static final int MAX_CALLERS = 10_000;

    private final NodeId self;
    private final Set<NodeId> known = new HashSet<>();

    /**
     * The last node that was looked up and is known: consecutive requests often have one sender.
     */
    private @Nullable NodeId last;

    IntroducedNodes(NodeId self) {
        this.self = self;
        known.add(self);
    }

    public boolean knows(NodeId caller) {
        if (caller.equals(last)) {
            return true;
        }
        boolean isKnown = known.contains(caller);
        last = isKnown ? caller : null;
        return isKnown;
    }

    void add(NodeId caller) {
        if (known.size() >= MAX_CALLERS) {
            known.clear();
            known.add(self);
            last = null;
        }
        known.add(caller);
    }

    void remove(NodeId caller) {
        known.remove(caller);
        last = null;
    }

    @Override
    public void onConnected(NodeId peer) {
        remove(peer);
    }
}
