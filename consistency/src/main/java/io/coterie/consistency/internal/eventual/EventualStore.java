package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.Expiry;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.error.NodeClosedException;

/**
 * A store of versioned values. A write is acknowledged once a write quorum has it, which is the
 * first replica by default, and sent to the others a few times if they do not answer. A read ends
 * with the newest value of a read quorum, by default of the first replica; when the others have
 * answered as well, those that lag behind are brought up to date.
 */
public final class EventualStore implements PolicyStore {
    private final EventualContext context;
    private final long storeId;
    private final Expiry<EventualOperation> expiry;
    private boolean closed;

    /** A store of which any one replica is enough to read and to write. */
    public EventualStore(StoreContext store) {
        this(store, QuorumSystem.atLeast(1), QuorumSystem.atLeast(1));
    }

    EventualStore(StoreContext store, QuorumSystem read, QuorumSystem write) {
        NodeReplication replication = NodeReplication.of(store.loop());
        this.context = new EventualContext(
                store.store().name(),
                replication,
                new EventualQuorums(replication, read, write),
                ConnectionGate.ofAny(replication));
        this.storeId = store.store().id();
        this.expiry = new Expiry<>(replication.world(), EventualOperation::expire);
        replication.suspectClocks();
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        if (key.length > RecordKey.MAX_BYTES && !operation.isRead()) {
            completion.fail(StoreRefusals.keyTooLong(context.storeName(), key));
            return;
        }
        RecordKey recordKey = new RecordKey(storeId, key);
        if (operation instanceof Operation.Get) {
            begin(new EventualRead(context, recordKey, operation, deadlineNanos, completion));
        } else if (operation instanceof Operation.Put put) {
            write(new EventualWrite(context, recordKey, put.value(), operation, deadlineNanos, completion));
        } else if (operation instanceof Operation.Delete) {
            write(new EventualWrite(context, recordKey, null, operation, deadlineNanos, completion));
        } else {
            throw new UnsupportedOperationException("store \"" + context.storeName() + "\" is eventual: "
                    + operation.getClass().getSimpleName()
                    + " needs replicas to agree. Open the store with Consistency.strong()");
        }
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        throw new UnsupportedOperationException("store \"" + context.storeName()
                + "\" is eventual and has no scans. Open the store with Consistency.strong()");
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        throw new UnsupportedOperationException("store \"" + context.storeName()
                + "\" is eventual and has no watches. Open the store with Consistency.strong()");
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        return weaker instanceof EventualPolicy ? this : PolicyStore.super.reading(weaker);
    }

    @Override
    public void close() {
        closed = true;
        context.gate().clear();
        expiry.drain(pending -> pending.fail(new NodeClosedException("the node was closed", pending.maybeApplied())));
    }

    private void write(EventualWrite write) {
        NodeReplication replication = context.replication();
        String problem = replication.clockProblem();
        if (problem != null) {
            write.fail(new QuorumUnavailableException(
                    write.what() + " was not sent, as " + problem, replication.connections()));
            replication.suspectClocks();
            return;
        }
        begin(write);
    }

    private void begin(EventualOperation pending) {
        expiry.add(pending);
        context.gate().pass(pending);
    }
}
