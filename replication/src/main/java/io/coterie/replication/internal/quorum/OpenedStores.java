package io.coterie.replication.internal.quorum;

import io.coterie.replication.Opening;
import io.coterie.replication.internal.wire.ReplicaLimits;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The stores that this node has opened. It asks the replicas to record them. */
public final class OpenedStores implements StoreIntroduction {
    /** Longer than any node runs. */
    private static final long FOR_EVER_NANOS = Long.MAX_VALUE / 4;

    private final QuorumContext context;
    private final @Nullable InlineHandler<ReplicaMethods.Open, Boolean> local;
    private final LongFunction<@Nullable StoreSpec> recorded;
    private final QuorumMethod<ReplicaMethods.Open, Boolean> opening;
    private final Map<Long, StoreSpec> stores = new HashMap<>();

    /** The openings of each store that is not open yet, and the last one of each that is. */
    private final Map<Long, List<StoreOpening>> openings = new LinkedHashMap<>();

    private final Set<Long> majorityStores = new HashSet<>();

    /** The introductions in flight: all requests of one batch may need the same one. */
    private final Map<Introduction, List<Consumer<@Nullable String>>> introductions = new HashMap<>();

    /**
     * None.
     *
     * @param local the handler that records stores at this node, or null if it is no replica
     * @param recorded finds the store that this node's replica has recorded under a number, or null
     */
    public OpenedStores(
            QuorumContext context,
            PeerRecovery recovery,
            @Nullable InlineHandler<ReplicaMethods.Open, Boolean> local,
            LongFunction<@Nullable StoreSpec> recorded) {
        this.context = context;
        this.local = local;
        this.recorded = recorded;
        this.opening = new QuorumMethod<>(context, recovery, this, ReplicaMethods.OPEN, local);
        context.onChange((before, now) -> votersChanged());
    }

    /** Other replicas are to record the stores, too. */
    private void votersChanged() {
        majorityStores.clear();
        openings.values()
                .forEach(those -> those.forEach(
                        opened -> context.world().scheduler().execute(() -> opened.askAnew(asking(opened)))));
    }

    /** Checks that a store may be opened, see {@code StoreAdmission.requireOpenable}. */
    public void requireOpenable(StoreSpec store) {
        String wrong = store.problem();
        if (wrong != null) {
            throw new IllegalArgumentException(wrong);
        }
        if (stores.size() >= ReplicaLimits.MAX_STORES && !stores.containsKey(store.id())) {
            throw new OverloadedException("store \"" + store.name() + "\": this node has opened " + stores.size()
                    + " stores, and replicas accept no more than " + ReplicaLimits.MAX_STORES
                    + ": keep related data in one store, under keys with a common prefix");
        }
    }

    /** Asks the replicas to record a store, see {@code ReplicationLoop.openStore}. */
    public Opening open(StoreSpec store, int needed, Consumer<Opening> onChange) {
        StoreOpening opened = new StoreOpening(context, this, store, needed, onChange);
        stores.put(store.id(), store);
        List<StoreOpening> those = openings.computeIfAbsent(store.id(), first -> new ArrayList<>());
        those.removeIf(StoreOpening::isOpen);
        those.add(opened);
        opened.begin(asking(opened));
        return opened;
    }

    private Fanout<ReplicaMethods.Open, Boolean> asking(StoreOpening opened) {
        ReplicaMethods.Open request = new ReplicaMethods.Open(opened.store(), false);
        long deadline = context.world().clock().nanos() + FOR_EVER_NANOS;
        return new Fanout<>(opening, request, Fanout.NO_STORE, deadline, opened);
    }

    /**
     * The store of a number, or null if neither this node has opened it nor its replica knows it.
     */
    @Nullable
    public StoreSpec find(long id) {
        StoreSpec opened = stores.get(id);
        return opened == null ? recorded.apply(id) : opened;
    }

    /** A majority has recorded the store: a replica with another record of it is wrong. */
    void recordedByMajority(StoreSpec store) {
        majorityStores.add(store.id());
    }

    @Override
    public boolean introduce(NodeId replica, long store, Consumer<@Nullable String> then) {
        StoreSpec known = find(store);
        if (known != null) {
            introduce(replica, known, then);
        }
        return known != null;
    }

    /**
     * Asks one replica that does not know the store to record it. The callback gets the problem, or
     * null.
     */
    void introduce(NodeId peer, StoreSpec store, Consumer<@Nullable String> then) {
        ReplicaMethods.Open request = new ReplicaMethods.Open(store, majorityStores.contains(store.id()));
        InlineHandler<ReplicaMethods.Open, Boolean> mine = local;
        if (mine != null && peer.equals(context.self())) {
            mine.handle(peer, request, new LocalOpening(then));
            return;
        }
        Introduction introduction = new Introduction(peer, request);
        List<Consumer<@Nullable String>> waiting = introductions.get(introduction);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        introductions.put(introduction, new ArrayList<>(List.of(then)));
        long timeout = context.attemptNanos();
        context.loop().send(peer, ReplicaMethods.OPEN, context.here().to(peer, request), timeout, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId from, Boolean response) {
                ended(introduction, null);
            }

            @Override
            public void onFailure(NodeId from, RpcException failure) {
                ended(introduction, context.describe(from, failure));
            }
        });
    }

    private void ended(Introduction introduction, @Nullable String problem) {
        List<Consumer<@Nullable String>> waiting = introductions.remove(introduction);
        if (waiting != null) {
            waiting.forEach(then -> then.accept(problem));
        }
    }

    private record Introduction(NodeId peer, ReplicaMethods.Open request) {}

    /** Reports the end of an introduction to the local replica: the problem, or null. */
    private record LocalOpening(Consumer<@Nullable String> then) implements Responder<Boolean> {
        @Override
        public void reply(Boolean response) {
            then.accept(null);
        }

        @Override
        public void fail(Throwable error) {
            then.accept(error.getMessage());
        }
    }
}
