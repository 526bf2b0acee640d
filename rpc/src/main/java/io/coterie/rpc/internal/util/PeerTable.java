package io.coterie.rpc.internal.util;

import io.coterie.rpc.node.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state that a node keeps of its peers, by name. When there are many entries, idle ones are
 * dropped, so names that come and go do not fill it.
 */
public final class PeerTable<P extends PeerTable.Entry> {
    static final int MANY = 1000;

    private final Map<NodeId, P> peers = new HashMap<>();
    private final Function<NodeId, P> maker;
    private int tidyAt = MANY;

    /** The state of one peer. */
    public interface Entry {
        /** Whether the entry may be dropped. */
        boolean isIdle();
    }

    public PeerTable(Function<NodeId, P> maker) {
        this.maker = maker;
    }

    /** The peer's entry, which is made if there is none. */
    public P of(NodeId id) {
        P known = peers.get(id);
        return known != null ? known : add(id);
    }

    @Nullable
    public P find(NodeId id) {
        return peers.get(id);
    }

    /** Drops the peer's entry, if there is one and it is idle. */
    public void removeIdle(NodeId id) {
        P known = peers.get(id);
        if (known != null && known.isIdle()) {
            peers.remove(id);
        }
    }

    int size() {
        return peers.size();
    }

    private P add(NodeId id) {
        if (peers.size() >= tidyAt) {
            peers.values().removeIf(Entry::isIdle);
            tidyAt = Math.max(MANY, 2 * peers.size());
        }
        P made = maker.apply(id);
        peers.put(id, made);
        return made;
    }
}
