package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the stores that a replica records: their number, how many of them one node creates while
 * the replica runs, and how fast. A store is never forgotten. Without bounds, a node that creates
 * one for each of its users, or a malicious one, would fill the memory and the journals of all
 * replicas.
 *
 * <p>A node that is only too fast asks again, and succeeds in the end.
 */
final class StoreQuota {
    /** The most stores that one node creates while the replica runs. */
    static final int MAX_OF_CALLER = 5_000;

    /** The most stores that a node creates at once, if it has created none for a while. */
    static final int BURST = 1_000;

    /** The time after which it may create one more. */
    static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final Clock clock;

    /** The nodes that created stores: no more than there are stores. */
    private final Map<NodeId, Maker> makers = new HashMap<>();

    /** The stores that one node has created. */
    private static final class Maker {
        int stores;

        /** When it could have created all of them, one each pause. */
        long paidAt;
    }

    StoreQuota(Clock clock) {
        this.clock = clock;
    }

    /**
     * Why a replica does not record a store that is new to it, or null if it may.
     *
     * @param recorded how many stores it has
     */
    @Nullable
    RuntimeException refusal(NodeId caller, StoreSpec store, int recorded) {
        String wrong = store.problem();
        if (wrong != null) {
            return new ReplicaRefusal(RefusalKind.HIDDEN_CHARACTER, wrong);
        }
        if (recorded >= ReplicaLimits.MAX_STORES) {
            return new ReplicaRefusal(
                    RefusalKind.TOO_MANY_STORES,
                    "this replica has " + recorded + " stores, and accepts no more than " + ReplicaLimits.MAX_STORES
                            + instead());
        }
        Maker maker = makers.get(caller);
        if (maker == null) {
            return null;
        }
        if (maker.stores >= MAX_OF_CALLER) {
            return new ReplicaRefusal(
                    RefusalKind.TOO_MANY_STORES,
                    "node " + caller + " has created " + maker.stores
                            + " stores since this replica started, which accepts no more from one node"
                            + instead());
        }
        long early = maker.paidAt - clock.nanos() - (BURST - 1) * PAUSE_NANOS;
        return early <= 0
                ? null
                : OverloadedException.ofHandler(
                        "node " + caller + " creates stores too fast: this replica records " + BURST
                                + " from one node at once, and then one every " + PAUSE_NANOS / 1_000_000 + " ms",
                        Duration.ofNanos(early));
    }

    /** A store that was not refused is recorded. */
    void recorded(NodeId caller) {
        Maker maker = makers.computeIfAbsent(caller, first -> new Maker());
        long now = clock.nanos();
        maker.paidAt = maker.stores == 0 || maker.paidAt - now < 0 ? now + PAUSE_NANOS : maker.paidAt + PAUSE_NANOS;
        maker.stores++;
    }

    private static String instead() {
        return ": keep related data in one store, under keys with a common prefix";
    }
}
