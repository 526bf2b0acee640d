package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.coordination.cas.CasContext;
import io.coterie.consistency.internal.coordination.cas.RecordWatches;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in the coordination that rests on one strong store: what its locks, elections,
 * semaphores and latches share. Use one for all of a store's at a node, so that what was seen of
 * holders is not seen anew by each.
 *
 * <p>Time is the node's steady clock; the wall clock is not used. All methods are to be called on
 * the node's loop only.
 */
public final class Coordinator {
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration SWEPT_EVERY = Duration.ofMinutes(10);

    private final PolicyStore store;
    private final World world;
    private final Executor userCode;
    private final String nodeName;
    private final long operationNanos;
    private final LeaseRules rules;
    private final NodeLeases node;
    private final long origin;
    private final LeaseObservations observations = new LeaseObservations();
    private final LeaseObservations vacancies = new LeaseObservations();
    private final CasContext cas;
    private final Floor floor;
    private final Leftovers leftovers;
    private final Sweep sweep;

    /** The owners at this node that still want their place in a queue. */
    private final Set<OwnerId> waiting = new HashSet<>();

    private final Unqueued unqueued = new Unqueued();

    /** The releases that are due at the end, in the order in which their owners began. */
    private final Map<Object, Supplier<CompletableFuture<?>>> open = new LinkedHashMap<>();

    private byte @Nullable [] lastRead;
    private @Nullable LeaseRecord lastRecord;
    private long owners;
    private boolean closed;

    /**
     * A coordinator over a strong store that holds nothing else.
     *
     * @param userCode runs users' listeners, which may block
     * @param operationTimeout the longest time for one operation on the store; above zero
     * @param node what all coordinators of the node share
     */
    public Coordinator(
            PolicyStore store,
            World world,
            Executor userCode,
            NodeId self,
            Duration operationTimeout,
            NodeLeases node) {
        this(store, world, userCode, self, operationTimeout, node, new LeaseRules(), QUIET, SWEPT_EVERY);
    }

    /**
     * A coordinator.
     *
     * @param quiet for how long nobody holds a record that is removed
     * @param sweptEvery about how often the store is looked through for records that nobody is left
     *     to remove
     */
    public Coordinator(
            PolicyStore store,
            World world,
            Executor userCode,
            NodeId self,
            Duration operationTimeout,
            NodeLeases node,
            LeaseRules rules,
            Duration quiet,
            Duration sweptEvery) {
        this.store = store;
        this.world = world;
        this.userCode = userCode;
        this.nodeName = self.name();
        this.operationNanos = operationTimeout.toNanos();
        this.node = node;
        this.rules = rules;
        this.origin = world.random().nextLong();
        this.cas = new CasContext(store, world, new RecordWatches(store, world));
        this.floor = new Floor(cas, operationNanos);
        Upkeep upkeep = new Upkeep(store, world, node, rules, operationNanos, this::isClosed);
        this.leftovers = new Leftovers(upkeep, floor::raise, quiet);
        this.sweep = new Sweep(upkeep, leftovers, sweptEvery);
    }

    /**
     * Gives up all leases and candidacies of this node, and ends what waits. Nothing can be begun
     * afterwards.
     *
     * @return is done when all are known to be released. Those that cannot be, for lack of a
     *     majority, end by themselves after their duration
     */
    public CompletableFuture<Void> close() {
        closed = true;
        List<CompletableFuture<?>> endings = new ArrayList<>();
        List.copyOf(open.values()).forEach(closing -> endings.add(closing.get()));
        cas.watches().close();
        return CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new));
    }

    public void requireOpen() {
        if (closed) {
            throw closedException();
        }
        if (node.isFull()) {
            throw new OverloadedException("this node holds, seeks, waits for or releases " + NodeLeases.MAX_OPEN
                    + " leases and latches already: release some before you begin more; what is being released counts"
                    + " until a majority of the replicas has confirmed it");
        }
    }

    public static NodeClosedException closedException() {
        return new NodeClosedException("this node's part in coordination is closed: start another to continue", false);
    }

    public void add(Object owner, Supplier<CompletableFuture<?>> closing) {
        if (open.put(owner, closing) == null) {
            node.openChanged(1);
        }
    }

    public void remove(Object owner) {
        if (open.remove(owner) != null) {
            node.openChanged(-1);
        }
    }

    /**
     * One operation on a record, for what the caller makes of its result. Fails as the operation
     * does.
     */
    public <T extends @Nullable Object> CompletableFuture<T> execute(
            byte[] key, Operation operation, Function<Result, T> read) {
        requireOpen();
        CompletableFuture<T> future = new CompletableFuture<>();
        store.execute(key, operation, nanos() + operationNanos, new Completion() {
            @Override
            public void complete(Result result) {
                try {
                    future.complete(read.apply(result));
                } catch (IllegalStateException e) {
                    future.completeExceptionally(e);
                }
            }

            @Override
            public void fail(Throwable error) {
                future.completeExceptionally(error);
            }
        });
        return future;
    }

    /** As {@link LeaseRecord#decode}, but once where the same state is reported to all who wait. */
    @SuppressWarnings("ReferenceEquality") // To compare all bytes would cost what it saves.
    public LeaseRecord decode(byte @Nullable [] bytes, int permits, String what) {
        LeaseRecord last = lastRecord;
        if (last == null || bytes == null || bytes != lastRead || last.permits() != permits) {
            last = LeaseRecord.decode(bytes, permits, what);
            lastRecord = last;
            lastRead = bytes;
        }
        return last;
    }

    public OwnerId nextOwner() {
        return new OwnerId(origin, ++owners);
    }

    public void waits(OwnerId owner) {
        waiting.add(owner);
    }

    public void waitsNoMore(OwnerId owner) {
        waiting.remove(owner);
    }

    /** Whether a place in a queue is one of this node's that nobody still wants. */
    public boolean hasGivenUp(OwnerId owner) {
        return owner.origin() == origin && !waiting.contains(owner);
    }

    /** The acquisitions that wait at this node without a place in a queue. */
    public Unqueued unqueued() {
        return unqueued;
    }

    public World world() {
        return world;
    }

    public long nanos() {
        return world.clock().nanos();
    }

    public RandomSource random() {
        return world.random();
    }

    public Executor userCode() {
        return userCode;
    }

    public String nodeName() {
        return nodeName;
    }

    public long operationNanos() {
        return operationNanos;
    }

    public LeaseRules rules() {
        return rules;
    }

    /** The counts that all coordinators of the node share. */
    NodeLeases node() {
        return node;
    }

    /** Since when this node has seen the beats of holders. */
    public LeaseObservations observations() {
        return observations;
    }

    /** Since when this node has seen a free place that the first in the queue has not taken. */
    public LeaseObservations vacancies() {
        return vacancies;
    }

    /** The parts that compare-and-set loops over the records of the store use. */
    public CasContext cas() {
        return cas;
    }

    public Floor floor() {
        return floor;
    }

    public Leftovers leftovers() {
        return leftovers;
    }

    public Sweep sweep() {
        return sweep;
    }

    boolean isClosed() {
        return closed;
    }
}
