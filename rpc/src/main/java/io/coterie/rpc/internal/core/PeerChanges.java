package io.coterie.rpc.internal.core;

import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.internal.client.Caller;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.Transport;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes the peers and replicas of a node that runs. The transport gets each change in a task of
 * its own: the calls that it ends there must not end in the middle of what their maker is doing.
 */
final class PeerChanges {
    private final NodeId self;
    private final Scheduler scheduler;
    private final Transport transport;
    private final Caller caller;

    /** The peers that were set and not removed. */
    private final Set<NodeId> set = new HashSet<>();

    private @Nullable Set<NodeId> replicas;

    PeerChanges(NodeId self, Scheduler scheduler, Transport transport, Caller caller) {
        this.self = self;
        this.scheduler = scheduler;
        this.transport = transport;
        this.caller = caller;
    }

    void setPeer(NodeId peer, HostPort address) {
        if (address.port() == 0) {
            throw new IllegalArgumentException(
                    "peer " + peer + ": port 0 cannot be dialed; give the port that it listens on");
        }
        if (peer.equals(self)) {
            return;
        }
        if (!set.contains(peer) && set.size() >= NodeLoop.MAX_SET_PEERS) {
            throw new IllegalStateException("peer " + peer + " is one too many: node " + self + " has set "
                    + NodeLoop.MAX_SET_PEERS + " peers; remove one by removePeer first");
        }
        set.add(peer);
        later(() -> transport.setPeer(peer, address));
    }

    void removePeer(NodeId peer) {
        if (peer.equals(self)) {
            return;
        }
        set.remove(peer);
        later(() -> {
            try {
                transport.removePeer(peer);
            } finally {
                caller.forget(peer);
            }
        });
    }

    void setReplicas(Set<NodeId> names) {
        if (names.size() > NodeLoop.MAX_SET_PEERS) {
            throw new IllegalArgumentException(
                    names.size() + " replicas are more than " + NodeLoop.MAX_SET_PEERS + "; name fewer");
        }
        Set<NodeId> copy = Set.copyOf(names);
        replicas = copy;
        later(() -> transport.setReplicas(copy));
    }

    /** The role of a peer, where the transport gives it that one. */
    Role limit(NodeId peer, Role given) {
        Set<NodeId> named = replicas;
        return named == null || named.contains(peer) ? given : given.atMost(Role.CLIENT);
    }

    private void later(Runnable change) {
        scheduler.execute(() -> {
            if (!caller.isClosed()) {
                change.run();
            }
        });
    }
}
