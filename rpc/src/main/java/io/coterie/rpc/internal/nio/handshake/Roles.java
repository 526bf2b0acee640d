package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Role;
import io.coterie.rpc.internal.nio.connection.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which role a peer has at this node: by its name, and by the secret that it has proven to know. A name is proven by a certificate of
 * both ends alone; by a secret it is known only that the peer is one of those who have it.
 */
public final class Roles {
    private final Set<NodeId> peers;
    private final Set<NodeId> readers;
    private final List<Proven> secrets = new ArrayList<>();

    /** By which secret a peer has proven itself, and which role it has at most with that. */
    public record Proven(SharedSecret secret, Role most) {}

    /** @param peers whom this node dials */
    Roles(Set<NodeId> peers, SecuritySettings security) {
        this.peers = Set.copyOf(peers);
        this.readers = security.readers();
        SharedSecret own = security.secret();
        if (own != null) {
            secrets.add(new Proven(own, Role.REPLICA));
        }
        security.lesserSecrets().forEach((role, secret) -> secrets.add(new Proven(secret, role)));
    }

    /** What a proof of the one who dialed is worth after all that was said before it; null if it is of no secret of this node. */
    @Nullable
    public Proven proven(Mac proof, Transcript before) {
        Proven found = null;
        // All of them, so that the time that it takes does not tell which.
        for (Proven known : secrets) {
            if (known.secret().prove(SharedSecret.Role.DIALER, before).equals(proof)) {
                found = known;
            }
        }
        return found;
    }

    /**
     * Why a node that dialed this one cannot be that peer, in its words; or null.
     *
     * @param most the role that it has at most, by what it has proven
     */
    @Nullable
    public Refusal objectionTo(NodeId peer, Role most) {
        return peers.contains(peer) && most != Role.REPLICA
                ? new Refusal(
                        Refusal.OTHER_ROLE,
                        "'" + peer + "' is a replica to it, and this node has proven itself with the secret of " + most
                                + "s")
                : null;
    }

    /** The role of a peer that is let in. */
    public Role of(NodeId peer, Role most) {
        Role named = readers.contains(peer) ? Role.READER : peers.contains(peer) ? Role.REPLICA : Role.CLIENT;
        return named.atMost(most);
    }
}
