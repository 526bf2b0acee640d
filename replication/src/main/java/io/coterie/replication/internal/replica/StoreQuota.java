package io.coterie.replication.internal.replica;

import io.coterie.replication.StoreSpec;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the stores that a replica records: how many there are, how many of them one node has had
 * recorded since the replica started, and how fast. No store is ever forgotten, so that a node
 * which makes one for each of its users, or means harm, would otherwise fill the memory and the
 * journals of all replicas.
 *
 * <p>A node that is only too fast asks again, and gets through in the end.
 */
final class StoreQuota {
    /** How many of them may be new ones of one node since the replica started. */
    static final int MAX_OF_CALLER = 5_000;

    /** So many a node may have recorded at once, if it has made none for a while. */
    static final int BURST = 1_000;

    /** The time in which it may have another one recorded. */
    static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private final Clock clock;

    /** Those that had a store recorded: no more than there are stores. */
    private final Map<NodeId, Maker> makers = new HashMap<>();

    /** What one node has had recorded. */
    private static final class Maker {
        int stores;

        /** When it could have had all of them recorded, one each pause. */
        long paidAt;
    }

    StoreQuota(Clock clock) {
        this.clock = clock;
    }

    /**
     * Why a replica does not record a store that is new to it, or null if it may.
     *
     * @param recorded how many it has
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
