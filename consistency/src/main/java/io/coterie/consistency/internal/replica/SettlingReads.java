package io.coterie.consistency.internal.replica;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.fetch.StateSenders;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongPolicy;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.internal.wire.SettlingRead;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys of strong stores for readers, at a node that is a replica, whoever has opened the
 * stores. A read that finds no majority that agrees has it agree, as that of any client does; so a
 * reader is not stopped by a change that was left halfway.
 */
public final class SettlingReads {
    /**
     * Each may cost two round trips to all replicas, and only a key that is being changed, or was
     * left so, needs one.
     */
    static final int MAX_AT_ONCE = 1_024;

    static final int MAX_OF_ONE = 128;

    /** A reader that waits for longer asks again. */
    private static final long MAX_NANOS = Duration.ofSeconds(10).toNanos();

    private final NodeReplication replication;
    /** The keys of all strong stores. No home takes part in this. */
    private final StrongStore store;

    private final Map<NodeId, Integer> inFlight = new HashMap<>();
    private int all;

    private SettlingReads(Replication replication) {
        this.replication = NodeReplication.of(replication.loop());
        StoreSpec all = new StoreSpec("of a reader", StrongPolicy.INSTANCE.name());
        StoreContext context = new StoreContext(replication, all, Runnable::run);
        this.store = new StrongStore(context, ConsensusRules.CORRECT, false, StateSenders.LARGE_BYTES);
    }

    /**
     * Begins to serve, if the node is a replica, for as long as it lives. To be called once for a
     * node; may be called by any thread.
     */
    public static void start(Replication replication) {
        replication.world().scheduler().execute(() -> new WhenReplica(replication).start());
    }

    /** Serves as soon as the node is a replica for the first time. */
    private static final class WhenReplica {
        private final Replication replication;
        private boolean serves;

        WhenReplica(Replication replication) {
            this.replication = replication;
        }

        void start() {
            NodeReplication.of(replication.loop()).onVotersChange((before, now) -> serve());
            serve();
        }

        private void serve() {
            if (!serves && replication.replicas().contains(replication.self())) {
                serves = true;
                replication.node().serveInline(SettlingRead.METHOD, new SettlingReads(replication)::read);
            }
        }
    }

    private void read(NodeId caller, SettlingRead asked, Responder<SettlingRead.Found> answer) {
        RuntimeException refusal = refusal(caller, asked.key());
        if (refusal != null) {
            answer.fail(refusal);
            return;
        }
        all++;
        inFlight.merge(caller, 1, Integer::sum);
        long deadline = replication.world().clock().nanos() + Math.max(0, Math.min(asked.nanosLeft(), MAX_NANOS));
        store.begin(asked.key(), new Operation.Get(), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                ended(caller);
                answer.reply(new SettlingRead.Found(result.value()));
            }

            @Override
            public void fail(Throwable error) {
                ended(caller);
                answer.fail(error);
            }
        });
    }

    private @Nullable RuntimeException refusal(NodeId caller, RecordKey key) {
        StoreSpec known = replication.recordedStore(key.store());
        if (known == null || !StrongPolicy.isStrong(known.policy()) || key.length() > RecordKey.MAX_BYTES) {
            return new IllegalArgumentException("there is no such key of a strong store here");
        }
        if (all >= MAX_AT_ONCE || inFlight.getOrDefault(caller, 0) >= MAX_OF_ONE) {
            return OverloadedException.ofHandler(
                    "this replica settles " + all + " keys for readers already, " + inFlight.getOrDefault(caller, 0)
                            + " of them for " + caller + ": read less at once",
                    null);
        }
        return null;
    }

    private void ended(NodeId caller) {
        all--;
        inFlight.computeIfPresent(caller, (node, count) -> count == 1 ? null : count - 1);
    }
}
