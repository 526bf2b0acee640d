package io.coterie.consistency.internal.strong;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.fetch.StateSenders;
import io.coterie.consistency.internal.key.KeyContext;
import io.coterie.consistency.internal.key.KeyCoordinator;
import io.coterie.consistency.internal.key.KeyTable;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.Expiry;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.Forwarded;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.scan.Scans;
import io.coterie.consistency.internal.watch.StoreWatch;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OverloadedException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store of consensus registers, one a key: no log, no leader. Any node coordinates any key, and
 * operations on different keys never wait for one another.
 *
 * <p>What is held for a key between rounds is kept for the keys used recently: where there is no
 * more {@linkplain NodeMemory room} for all stores of the node, one goes that was not used since it
 * was last looked at (the clock algorithm; a map in order of access costs a cache miss or two more
 * for each operation). It is used on the loop only, and forgets the same keys again when a
 * simulation is replayed.
 */
public final class StrongStore implements PolicyStore {
    private static final int LOOKED_AT_ONCE = 64;

    private final StoreContext context;
    private final KeyContext keyContext;
    private final NodeReplication replication;
    private final long storeId;
    private final KeyTable keys = new KeyTable();
    private final Expiry<StrongOperation> expiry;
    private final WeakReads weakReads;
    private final Scans scans;
    private final Set<StoreWatch> watches = new LinkedHashSet<>();
    private final NodeMemory memory;
    private final NodeMemory.Cache held = this::sweep;
    private final ConnectionGate gate;
    private long heldBytes;
    private boolean servesAsHome;
    private boolean closed;

    public StrongStore(StoreContext context) {
        this(context, ConsensusRules.CORRECT, true, StateSenders.LARGE_BYTES);
    }

    /**
     * A store that keeps to these rules.
     *
     * @param hasHomes whether nodes make changes for one another
     * @param largeStateBytes from which size on states are sent by one replica
     */
    public StrongStore(StoreContext context, ConsensusRules rules, boolean hasHomes, int largeStateBytes) {
        this.context = context;
        this.replication = NodeReplication.of(context.loop());
        replication.quorums().seen(context.store());
        this.keyContext = new Keys(context, rules, hasHomes, largeStateBytes);
        this.memory = replication.memory();
        memory.add(held);
        this.storeId = context.store().id();
        this.expiry = new Expiry<>(
                replication.world(), operation -> operation.queue.expire(operation), replication.load()::look);
        this.weakReads = new WeakReads(context, this, keyContext.states());
        this.scans = new Scans(context, this, rules);
        this.gate = ConnectionGate.ofQuorums(replication, storeId);
        replication.onConnectionChange(this::connectionsChanged);
        replication.onVotersChange((before, now) -> votersChanged(hasHomes));
        if (hasHomes) {
            serveAsHome();
        }
    }

    private void votersChanged(boolean hasHomes) {
        watches.forEach(StoreWatch::votersChanged);
        if (hasHomes && !closed) {
            serveAsHome();
        }
    }

    /** A node that is no replica any longer continues to serve: others may not know yet. */
    private void serveAsHome() {
        if (!servesAsHome && replication.replicas().contains(replication.self())) {
            servesAsHome = true;
            new HomeService(this, context.store(), keyContext).start();
        }
    }

    @Override
    public @Nullable OverloadedException refusal(long nanos, int operations) {
        return replication.load().refusal(context.store().name(), nanos, operations);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        if (key.length > RecordKey.MAX_BYTES && !operation.isRead()) {
            completion.fail(StoreRefusals.keyTooLong(context.store().name(), key));
            return;
        }
        begin(new RecordKey(storeId, key), operation, deadlineNanos, completion);
    }

    public void begin(RecordKey recordKey, Operation operation, long deadlineNanos, Completion completion) {
        KeyCoordinator key = keyOf(recordKey);
        begin(key, new StrongOperation(key, operation, deadlineNanos, completion));
    }

    /** Begins with a batch of another node. */
    void begin(KeyCoordinator key, Forwarded batch, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
        } else {
            begin(key, new StrongOperation(key, batch, deadlineNanos, completion));
        }
    }

    private void begin(KeyCoordinator key, StrongOperation pending) {
        expiry.add(pending);
        key.add(pending);
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        scans.begin(range, limit, deadlineNanos, completion);
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        if (closed) {
            throw new NodeClosedException("the store is closed", false);
        }
        replication.watches().opened(context.store().name());
        StoreWatch watch = new StoreWatch(
                context, this, keyContext.rules(), prefix, single, queue, listener, this::forgetClosedWatches);
        watches.add(watch);
        watch.start();
        return watch;
    }

    private void forgetClosedWatches() {
        int before = watches.size();
        watches.removeIf(StoreWatch::isClosed);
        replication.watches().closed(before - watches.size());
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        if (weaker instanceof StrongPolicy strong && strong.isAtMostAsStrongAs(context.store())) {
            return this;
        }
        if (weaker.equals(Consistency.eventual())) {
            return weakReads;
        }
        return PolicyStore.super.reading(weaker);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        weakReads.end();
        scans.end();
        List.copyOf(watches).forEach(StoreWatch::close);
        expiry.drain(operation -> operation.fail(new NodeClosedException(
                keyContext.failures().describe(operation) + ": the node was closed", operation.mayBeApplied())));
        gate.clear();
        keys.forEach(KeyCoordinator::stop);
        keys.clear();
        memory.keptChanged(-heldBytes);
        memory.remove(held);
    }

    /**
     * Operations in a queue behind a round when the majority was lost do not wait for that round.
     */
    private void connectionsChanged() {
        if (replication.connected(storeId).isGraceOver()) {
            expiry.drain(operation -> {
                if (operation.queue.hasWaiting()) {
                    gate.await(operation.queue);
                }
            });
        }
    }

    /** The parts that the keys and rounds of this store use. */
    public KeyContext keyContext() {
        return keyContext;
    }

    /** The parts that the keys of this store use, and their reports to it. */
    private final class Keys extends KeyContext {
        Keys(StoreContext store, ConsensusRules rules, boolean hasHomes, int largeStateBytes) {
            super(store, rules, hasHomes, largeStateBytes);
        }

        @Override
        protected void awaitMajority(KeyCoordinator key) {
            gate.await(key);
        }

        @Override
        protected void becameIdle(KeyCoordinator key) {
            if (!key.isWorthKeeping()) {
                keys.remove(key);
            }
            if (!memory.hasRoom()) {
                memory.sweep();
            }
        }

        @Override
        protected void cachedChanged(int weightBefore, int weightAfter) {
            if (!closed) {
                heldBytes += weightAfter - weightBefore;
                memory.keptChanged(weightAfter - weightBefore);
            }
        }
    }

    /** The key with its operations, which is made where this node has not used it recently. */
    KeyCoordinator keyOf(RecordKey recordKey) {
        KeyCoordinator key = keys.get(recordKey);
        if (key == null) {
            key = new KeyCoordinator(keyContext, recordKey);
            keys.add(key);
        }
        key.use();
        return key;
    }

    /** The key with its operations; null where this node has not used it recently. */
    @Nullable
    KeyCoordinator knownKey(RecordKey recordKey) {
        return keys.get(recordKey);
    }

    private boolean sweep() {
        return heldBytes == 0 || keys.sweep(LOOKED_AT_ONCE, this::stays);
    }

    private boolean stays(KeyCoordinator key) {
        if (memory.hasRoom()) {
            return true;
        }
        boolean stays = key.wasUsed() || !key.isIdle();
        if (!stays) {
            key.forget();
        }
        return stays;
    }
}
