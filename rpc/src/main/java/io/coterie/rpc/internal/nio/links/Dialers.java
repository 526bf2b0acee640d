package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The dialers of the peers of a node, by their names. */
final class Dialers {
    private final Map<NodeId, Dialer> dialers = new LinkedHashMap<>();

    boolean has(NodeId peer) {
        return dialers.containsKey(peer);
    }

    /** Where the peer is dialed, or null if it is not. */
    @Nullable
    HostPort addressOf(NodeId peer) {
        Dialer dialer = dialers.get(peer);
        return dialer == null ? null : dialer.address();
    }

    /** Adds a dialer, in place of the one that its peer had. */
    void put(Dialer dialer) {
        close(dialers.put(dialer.peer(), dialer));
    }

    /** Closes the dialer of a peer, if there is one. */
    void remove(NodeId peer) {
        close(dialers.remove(peer));
    }

    /** Does something with the dialer of a peer, if there is one. */
    void with(NodeId peer, Consumer<Dialer> what) {
        Dialer dialer = dialers.get(peer);
        if (dialer != null) {
            what.accept(dialer);
        }
    }

    /**
     * Dials the other peers now that one is connected: perhaps this node was cut off, and they can
     * be reached again as well.
     */
    void hurryOthers(NodeId connected) {
        if (has(connected)) {
            dialers.values().forEach(Dialer::hurry);
        }
    }

    void close() {
        dialers.values().forEach(Dialer::close);
    }

    private static void close(@Nullable Dialer dialer) {
        if (dialer != null) {
            dialer.close();
        }
    }
}
