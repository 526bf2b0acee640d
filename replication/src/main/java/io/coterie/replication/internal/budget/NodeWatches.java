package io.coterie.replication.internal.budget;

import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the open watches of all stores of a node, and logs what prevents replicas from serving
 * them. Used on the node's loop only.
 */
public final class NodeWatches {
    /** The most watches that a replica accepts from one node, and so that a node may have open. */
    public static final int MAX_WATCHES = ReplicaLimits.MAX_WATCHES;

    private static final Logger log = LoggerFactory.getLogger(NodeWatches.class);

    /** With more warnings all are forgotten: they contain texts from replicas. */
    private static final int MAX_WARNED = 1_000;

    private static final long REMINDER_NANOS = Duration.ofMinutes(1).toNanos();

    private final NodeId self;
    private final Clock clock;
    private final LongFunction<@Nullable StoreSpec> stores;
    private final Map<Refusal, Long> warned = new HashMap<>();
    private int open;

    private record Refusal(NodeId replica, String problem) {}

    /** @param stores the store of a number, or null if it is not known */
    public NodeWatches(NodeId self, Clock clock, LongFunction<@Nullable StoreSpec> stores) {
        this.self = self;
        this.stores = stores;
        this.clock = clock;
    }

    /**
     * One more watch is opened.
     *
     * @param store its store's name
     * @throws OverloadedException if there are {@link #MAX_WATCHES} already
     */
    public void opened(String store) {
        if (open >= MAX_WATCHES) {
            throw new OverloadedException("a watch of store \"" + store + "\": this node has " + MAX_WATCHES
                    + " watches open, including those of its locks and elections, and replicas accept no more from one node:"
                    + " close some, or watch one prefix instead of many keys");
        }
        open++;
    }

    /** So many watches were closed. */
    public void closed(int watches) {
        open -= watches;
    }

    /**
     * A replica refuses to serve a watch. This is logged once a minute for all watches together.
     * The watch asks again.
     *
     * @param store the watch's store
     * @param problem what is wrong, and what to do; the same text for all watches
     */
    public void refused(NodeId replica, long store, String problem) {
        StoreSpec spec = stores.apply(store);
        String name = spec == null ? "?" : spec.name();

        Long last = warned.get(new Refusal(replica, problem));
        if (last == null || clock.nanos() - last >= REMINDER_NANOS) {
            if (last == null && warned.size() >= MAX_WARNED) {
                warned.clear();
            }
            warned.put(new Refusal(replica, problem), clock.nanos());
            log.warn(
                    "{}: a watch of store \"{}\", and perhaps others, cannot receive changes from replica {}: {}."
                            + " They continue as soon as they can (logged once a minute while it lasts)",
                    self,
                    name,
                    replica,
                    problem);
        }
    }
}
