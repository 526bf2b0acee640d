package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that this node knows: of its peers, which it dials, and of the replicas. Until the
 * replicas are set they are the peers. Both may change while the node runs. Used on the loop only.
 */
public final class PeerNames {
    private final Set<NodeId> dialed = new HashSet<>();
    private @Nullable Set<NodeId> replicas;

    /** @param peers the nodes that this node dials from its start on */
    public PeerNames(Set<NodeId> peers) {
        dialed.addAll(peers);
    }

    /** This node dials a peer from now on. */
    public void dial(NodeId peer) {
        dialed.add(peer);
    }

    /** This node no longer dials a peer. */
    public void undial(NodeId peer) {
        dialed.remove(peer);
    }

    /**
     * Sets which names are those of replicas, whoever is dialed.
     *
     * @return the names that are one now and were not, or the other way round
     */
    public Set<NodeId> replicas(Set<NodeId> names) {
        Set<NodeId> before = replicas == null ? dialed : replicas;
        Set<NodeId> changed = new HashSet<>(names);
        changed.addAll(before);
        changed.removeIf(name -> before.contains(name) && names.contains(name));
        replicas = Set.copyOf(names);
        return changed;
    }

    boolean isDialed(NodeId peer) {
        return dialed.contains(peer);
    }

    boolean isReplica(NodeId peer) {
        return replicas == null ? dialed.contains(peer) : replicas.contains(peer);
    }

    /**
     * Whether other nodes rely on the name: a node that proves its own by a key must not accept it
     * without one.
     */
    boolean needsKey(NodeId peer) {
        return dialed.contains(peer) || isReplica(peer);
    }
}
