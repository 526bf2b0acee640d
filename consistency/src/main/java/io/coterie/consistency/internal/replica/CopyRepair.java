package io.coterie.consistency.internal.replica;

import io.coterie.consistency.internal.strong.StrongPolicy;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.antientropy.AntiEntropy;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has this node's replica get all copies again that it missed, without a read of them, whoever has
 * opened the stores. After a fault it has all copies within some seconds, and the time that their
 * transfer takes.
 *
 * <p>Most copies are taken as they are. A replica may lack a state that it has promised not to
 * accept, because a coordinator is gone after its {@code prepare}. Such a state is {@linkplain
 * Reproposal proposed once more}.
 */
public final class CopyRepair {
    /** About the time between two comparisons with another replica. */
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /**
     * After how many periods with the same promise nobody is expected to use it any longer. Until
     * then, a proposal would get in the way of the round that it belongs to.
     */
    private static final int PERIODS_UNTIL_STUCK = 3;

    private static final int MAX_KEYS = 1_024;

    /** A key that was first seen so long ago is settled by now, or counts as new. */
    private static final long MAX_NANOS = Duration.ofMinutes(1).toNanos();

    private final NodeReplication replication;
    private final long stuckNanos;

    /** The keys that are promised higher, the oldest first. */
    private final Map<RecordKey, Sight> promised = new LinkedHashMap<>();

    private volatile @Nullable AntiEntropy antiEntropy;
    private volatile long reproposed;

    /**
     * A promise that is in the way.
     *
     * @param since when it was first seen, as a reading of the clock
     */
    private record Sight(Ballot promise, long since) {}

    private CopyRepair(NodeReplication replication, Duration period) {
        this.replication = replication;
        this.stuckNanos = PERIODS_UNTIL_STUCK * period.toNanos();
    }

    /**
     * Begins to repair, if the node is a replica, and continues until replication is closed. To be
     * called once for a node; may be called by any thread.
     */
    public static void start(Replication replication) {
        start(replication, PERIOD);
    }

    public static CopyRepair start(Replication replication, Duration period) {
        NodeReplication loop = NodeReplication.of(replication.loop());
        CopyRepair repair = new CopyRepair(loop, period);
        loop.world()
                .scheduler()
                .execute(() -> repair.antiEntropy = loop.startAntiEntropy(period, repair::promisedHigher));
        return repair;
    }

    /** How many copies the replica has taken from others. Safe for any thread. */
    public long taken() {
        AntiEntropy begun = antiEntropy;
        return begun == null ? 0 : begun.taken();
    }

    /**
     * Whether nothing differed from any other replica when they were last compared. Safe for any
     * thread.
     */
    public boolean isCaughtUp() {
        AntiEntropy begun = antiEntropy;
        return begun != null && begun.isCaughtUp();
    }

    /** How many states all replicas were asked to accept once more. Safe for any thread. */
    public long reproposed() {
        return reproposed;
    }

    private void promisedHigher(RecordKey key, Ballot promise) {
        StoreSpec store = replication.recordedStore(key.store());
        if (store == null || !StrongPolicy.isStrong(store.policy())) {
            return;
        }
        long now = replication.world().clock().nanos();
        promised.values().removeIf(sight -> now - sight.since() > MAX_NANOS);
        Sight known = promised.get(key);
        if (known == null || !known.promise().equals(promise)) {
            if (known != null || promised.size() < MAX_KEYS) {
                promised.put(key, new Sight(promise, now));
            }
        } else if (now - known.since() >= stuckNanos) {
            promised.remove(key);
            propose(key);
        }
    }

    /** The loop alone calls it. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void propose(RecordKey key) {
        new Reproposal(replication, key, () -> reproposed++).start();
    }
}
