package io.coterie.rpc.spi;

import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a node has found at an address at which it {@linkplain io.coterie.rpc.NodeLoop#find looked
 * for} another one. Immutable.
 *
 * @param node who is there; null unless it is {@link Kind#FOUND}
 * @param text what is so, as a human-readable text without the address; for a fault with what to do
 */
public record Finding(Kind kind, @Nullable NodeId node, String text) {
    /** What can be found. */
    public enum Kind {
        /**
         * A node of the cluster, which has proven its name, and is connected now. If it was
         * connected before, without TLS, it is not proven that it is the one at the address.
         */
        FOUND,
        /** This very node. */
        ITSELF,
        /** A node of another cluster. */
        OTHER_CLUSTER,
        /** A node that refuses this one, or that this one refuses, until somebody repairs that. */
        REFUSED,
        /** Nobody, or nobody who speaks as a node does. */
        SILENT
    }

    /** A node that is connected now. */
    public static Finding of(NodeId node) {
        return new Finding(Kind.FOUND, node, "it is " + node);
    }

    /** Anything else. */
    public static Finding of(Kind kind, String text) {
        return new Finding(kind, null, text);
    }
}
