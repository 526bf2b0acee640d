package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.RecordKey;
import io.coterie.replication.Replication;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store of consensus registers, one a key: no log, no leader. Any node coordinates any key, and operations on different
 * keys never wait for one another.
 *
 * <p>What is held for a key between rounds is kept for the keys used last. A plain map in order of access does that: it is
 * used on the loop only, and must forget the same keys again when a simulation is replayed.
 */
class StrongStore implements PolicyStore {
    private static final long MAX_HELD_BYTES = 64L << 20;

    private final StoreContext context;
    private final Replication replication;
    private final long storeId;
    private final Map<RecordKey, StrongKey> keys = new LinkedHashMap<>(16, 0.75f, true);
    private final Expiry<StrongOperation> expiry;
    private final ConflictBackoff backoff = new ConflictBackoff();
    private final ByteWriter scratch = new ByteWriter();
    private final NearestReads nearestReads;
    private long heldBytes;
    private boolean closed;

    StrongStore(StoreContext context) {
        this.context = context;
        this.replication = context.replication();
        this.storeId = context.store().id();
        this.expiry = new Expiry<>(replication.world(), operation -> operation.key.expire(operation));
        this.nearestReads = new NearestReads(context, this);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        RecordKey recordKey = new RecordKey(storeId, key);
        StrongKey strongKey = keys.computeIfAbsent(recordKey, absent -> new StrongKey(this, absent));
        StrongOperation pending = new StrongOperation(strongKey, operation, deadlineNanos, completion);
        expiry.add(pending);
        strongKey.add(pending);
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        if (weaker instanceof StrongPolicy) {
            return this;
        }
        if (weaker instanceof EventualPolicy) {
            return nearestReads;
        }
        return PolicyStore.super.reading(weaker);
    }

    @Override
    public void close() {
        closed = true;
        nearestReads.end();
        expiry.drain(operation -> operation.fail(
                new NodeClosedException(describe(operation) + ": the node was closed", operation.maybeApplied)));
        keys.values().forEach(StrongKey::stop);
        keys.clear();
    }

    Replication replication() {
        return replication;
    }

    ConflictBackoff backoff() {
        return backoff;
    }

    ByteWriter scratch() {
        return scratch;
    }

    /** A ballot that was never used, above all that this node has seen. */
    Ballot nextBallot() {
        return new Ballot(replication.ballotClock().next(), replication.writer());
    }

    Round newReadRound(StrongKey key, Batch batch) {
        return new ReadRound(this, key, batch);
    }

    Round newWriteRound(StrongKey key, Batch batch) {
        return new WriteRound(this, key, batch);
    }

    void runUserCode(Runnable task) {
        context.userCode().execute(task);
    }

    void heldChanged(int weightBefore, int weightAfter) {
        heldBytes += weightAfter - weightBefore;
    }

    /** The key has nothing to do; it stays as long as there is room for what it holds. */
    void becameIdle(StrongKey key) {
        if (!key.holdsSomething()) {
            keys.remove(key.key);
        }
        if (heldBytes > MAX_HELD_BYTES) {
            evict();
        }
    }

    /** How an operation ends whose time is over. */
    RuntimeException expired(StrongOperation operation, @Nullable Round round) {
        Map<NodeId, String> said = round == null ? Map.<NodeId, String>of() : round.said();
        String what = describe(operation) + " met no majority in time";
        return operation.maybeApplied
                ? new OutcomeUnknownException(what, said)
                : new QuorumUnavailableException(what, said);
    }

    String describe(StrongOperation operation) {
        return "store \"" + context.store().name() + "\": "
                + operation.operation.getClass().getSimpleName();
    }

    private void evict() {
        Iterator<StrongKey> eldestFirst = keys.values().iterator();
        while (heldBytes > MAX_HELD_BYTES && eldestFirst.hasNext()) {
            StrongKey eldest = eldestFirst.next();
            if (eldest.isIdle()) {
                eldest.setHeld(null);
                eldestFirst.remove();
            }
        }
    }
}
