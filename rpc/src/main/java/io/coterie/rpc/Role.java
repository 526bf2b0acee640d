package io.coterie.rpc;

import java.util.Locale;

/**
 * What a node may do at another one, from the least to the most. Each node decides for itself which role a peer has there; {@link Security}
 * tells by what. A method says by {@link RpcMethod#allowedTo} which role its callers need.
 */
public enum Role {
    /** May call what changes nothing. */
    READER,
    /** May call all but what replicas alone do among themselves. What methods ask for by default. */
    CLIENT,
    /** One of the peers that this node was given, by a name that is proven as far as the {@link Security} allows; the node itself, too. */
    REPLICA;

    /** Whether a node of this role may do what asks for the other role at least. */
    public boolean covers(Role least) {
        return compareTo(least) >= 0;
    }

    /** The lesser of the two. */
    public Role atMost(Role most) {
        return most.covers(this) ? this : most;
    }

    /** In lower case, as texts name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
