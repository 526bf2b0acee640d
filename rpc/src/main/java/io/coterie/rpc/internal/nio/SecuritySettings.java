package io.coterie.rpc.internal.nio;

import io.coterie.rpc.NodeId;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a node protects its connections.
 *
 * @param proof who shows a certificate
 * @param contexts asked for each connection, off the loop; null without TLS
 * @param secret what the other end must prove to know, or null
 * @param allowed the names of which a node's certificate must carry one; empty if the list was not given
 */
public record SecuritySettings(
        Proof proof,
        @Nullable Supplier<SSLContext> contexts,
        @Nullable SharedSecret secret,
        Map<NodeId, Set<String>> allowed) {
    /** Who shows a certificate. */
    public enum Proof {
        /** Nobody: there is no TLS. */
        NONE,
        /** The end that was dialed. */
        DIALED,
        /** Both ends. */
        BOTH
    }

    /** Neither TLS nor a secret. */
    public static final SecuritySettings NONE = new SecuritySettings(Proof.NONE, null, null, Map.of());

    /** Copies the map. */
    public SecuritySettings {
        allowed = Map.copyOf(allowed);
    }

    /** Whether the node that dials proves that it belongs to the cluster. */
    boolean provesDialing() {
        return proof == Proof.BOTH || secret != null;
    }
}
