package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which role a peer has at this node, by its name and by the secret that it has proven.
 * Only certificates of both ends prove a name. A secret proves only that the peer is one of the
 * nodes that have it.
 */
public final class Roles {
    private final PeerNames names;
    private final Set<NodeId> readers;
    private final List<Proven> secrets = new ArrayList<>();

    /** The secret that a peer has proven, and the highest role that it gives. */
    public record Proven(SharedSecret secret, Role most) {}

    Roles(PeerNames names, SecuritySettings security) {
        this.names = names;
        this.readers = security.readers();
        SharedSecret own = security.secret();
        if (own != null) {
            secrets.add(new Proven(own, Role.REPLICA));
        }
        security.lesserSecrets().forEach((role, secret) -> secrets.add(new Proven(secret, role)));
    }

    /**
     * The secret that the proof of a dialer belongs to, after all that was sent before; null if it
     * is none of this node.
     */
    @Nullable
    public Proven proven(Mac proof, Transcript before) {
        Proven found = null;
        // Compares all of them, so that the time does not reveal which one matched.
        for (Proven known : secrets) {
            if (known.secret().prove(SharedSecret.Role.DIALER, before).equals(proof)) {
                found = known;
            }
        }
        return found;
    }

    /**
     * Why a dialer cannot be that peer, from its view; or null.
     *
     * @param most the highest role that its secret gives
     */
    @Nullable
    public Refusal objectionTo(NodeId peer, Role most) {
        return names.isReplica(peer) && most != Role.REPLICA
                ? new Refusal(
                        Refusal.OTHER_ROLE,
                        "it knows '" + peer + "' as a replica, but this node has proven only the secret of " + most
                                + "s")
                : null;
    }

    /** The role of a peer that is let in. */
    public Role of(NodeId peer, Role most) {
        Role named = readers.contains(peer) ? Role.READER : names.isReplica(peer) ? Role.REPLICA : Role.CLIENT;
        return named.atMost(most);
    }
}
