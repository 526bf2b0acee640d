package io.coterie.replication.internal.replica;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.PeerListener;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that have told this replica which replicas they were given, the same as this one.
 * Nobody else gets an answer that could be counted: majorities of two different lists need not
 * share a replica.
 *
 * <p>A node that connects anew must tell it again, as it may have been started with another list
 * since.
 */
public final class IntroducedNodes implements PeerListener {
    /** With more of them all are forgotten, which costs each one more message. */
    private static final int MAX_CALLERS = 10_000;

    private final NodeId self;
    private final Set<NodeId> known = new HashSet<>();

    /** The one that was asked for last and is known, as many requests in a row are of the same. */
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
