package io.coterie.rpc.node;

import java.util.Locale;

/**
 * What a node may do at another one, from the lowest to the highest. Each node decides for itself
 * which role a peer has there, by the rules in {@link io.coterie.rpc.Security}. A method requires a
 * role of its callers ({@link io.coterie.rpc.RpcMethod#allowedTo}).
 */
public enum Role {
    /** May call methods that change nothing. */
    READER,
    /**
     * May call all methods but those that replicas call among themselves. Methods require this role
     * by default.
     */
    CLIENT,
    /**
     * May call all methods. It is one of the peers that this node dials, unless {@link
     * io.coterie.rpc.NodeLoop#setReplicas} names others, and has proven its name as far as the
     * {@link io.coterie.rpc.Security} allows. A node has this role at itself, too.
     */
    REPLICA;

    /** Whether a node of this role may do what requires the other role. */
    public boolean covers(Role other) {
        return compareTo(other) >= 0;
    }

    /** The lower of the two roles. */
    public Role atMost(Role other) {
        return other.covers(this) ? this : other;
    }

    /** The name in lower case, as it stands in texts. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
