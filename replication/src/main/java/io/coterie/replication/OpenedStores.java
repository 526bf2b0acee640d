package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The stores that this node has opened, and how replicas come to have them recorded. */
final class OpenedStores {
    /** As long as no node lives. */
    private static final long FOR_EVER_NANOS = Long.MAX_VALUE / 4;

    private final Replication replication;
    private final String replicaNames;
    private final @Nullable Replica local;
    private final Map<Long, StoreSpec> stores = new HashMap<>();
    private final Set<Long> majorityStores = new HashSet<>();

    /** Those that were asked for and not answered yet: all requests of one batch may need the same. */
    private final Map<Introduction, List<Consumer<@Nullable String>>> introductions = new HashMap<>();

    /**
     * None.
     *
     * @param replicaNames all replicas, as a text that replicas compare with theirs
     * @param local this node's replica, or null if it is none
     */
    OpenedStores(Replication replication, String replicaNames, @Nullable Replica local) {
        this.replication = replication;
        this.replicaNames = replicaNames;
        this.local = local;
    }

    /** See {@link Replication#requireOpenable}. */
    void requireOpenable(StoreSpec store) {
        String wrong = store.problem();
        if (wrong != null) {
            throw new IllegalArgumentException(wrong);
        }
        if (stores.size() >= ReplicaLimits.MAX_STORES && !stores.containsKey(store.id())) {
            throw new OverloadedException("store \"" + store.name() + "\": this node has opened " + stores.size()
                    + " stores, and replicas take no more than " + ReplicaLimits.MAX_STORES
                    + ": put what belongs together into one store, under keys with a common prefix");
        }
    }

    /** See {@link Replication#openStore}. */
    Opening open(StoreSpec store, int needed, Consumer<Opening> onChange) {
        StoreOpening opening = new StoreOpening(replication, store, needed, onChange);
        stores.put(store.id(), store);
        Replica mine = local;
        opening.begin(new Fanout<>(
                replication,
                ReplicaMethods.OPEN,
                mine == null ? null : mine::openStore,
                new ReplicaMethods.Open(store, replicaNames, false),
                Fanout.NO_STORE,
                replication.world().clock().nanos() + FOR_EVER_NANOS,
                opening));
        return opening;
    }

    /** All replicas, as a text that replicas compare with theirs. */
    String replicaNames() {
        return replicaNames;
    }

    /** The store of that number, or null if neither this node has opened it nor its replica knows it. */
    @Nullable
    StoreSpec find(long id) {
        StoreSpec opened = stores.get(id);
        Replica mine = local;
        return opened == null && mine != null ? mine.store(id) : opened;
    }

    /** From now on a replica with another record of the store is wrong. */
    void recordedByMajority(StoreSpec store) {
        majorityStores.add(store.id());
    }

    /** Has the store recorded by one replica that did not know it; then tells the problem, or null. */
    void introduce(NodeId peer, StoreSpec store, Consumer<@Nullable String> then) {
        ReplicaMethods.Open request = new ReplicaMethods.Open(store, replicaNames, majorityStores.contains(store.id()));
        Replica mine = local;
        if (mine != null && peer.equals(replication.self())) {
            mine.openStore(peer, request, new LocalOpening(then));
            return;
        }
        Introduction introduction = new Introduction(peer, request);
        List<Consumer<@Nullable String>> waiting = introductions.get(introduction);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        introductions.put(introduction, new ArrayList<>(List.of(then)));
        long timeout = replication.attemptNanos();
        replication.node().send(peer, ReplicaMethods.OPEN, request, timeout, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId from, Boolean response) {
                ended(introduction, null);
            }

            @Override
            public void onFailure(NodeId from, RpcException failure) {
                ended(introduction, replication.describe(from, failure));
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
}
