package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.spi.StoreSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stores of the group. A name may stand for two stores while a replica has recorded it under
 * another policy than the majority: the majority's counts, and records of the other one are left.
 */
final class TransferStores {
    private final TransferPlan plan;
    private final Map<Long, StoreSpec> byId = new HashMap<>();
    private final Map<String, StoreSpec> byName = new HashMap<>();

    /** Those that a minority has listed, until all are listed. */
    private final Map<StoreSpec, Set<MemberId>> ofMinority = new LinkedHashMap<>();

    private final Set<StoreSpec> ofMajority = new HashSet<>();
    private @Nullable String problem;

    TransferStores(TransferPlan plan) {
        this.plan = plan;
    }

    /** A page names the store. It may have been opened since the stores were listed. */
    void seen(StoreSpec store) {
        if (byName.putIfAbsent(store.name(), store) == null) {
            byId.put(store.id(), store);
        }
    }

    /** Members have the store; returns the parts that are known now. */
    List<Part> listed(StoreSpec store, Set<MemberId> members) {
        if (members.size() < plan.majorityOfGroup()) {
            ofMinority.put(store, Set.copyOf(members));
            return List.of();
        }
        StoreSpec other = byName.put(store.name(), store);
        if (other != null && !other.equals(store)) {
            byId.remove(other.id());
        }
        byId.put(store.id(), store);
        ofMajority.add(store);
        return List.of(Part.ofStore(store, members));
    }

    /** The parts of the stores that a minority has, once all are listed. */
    List<Part> rest() {
        return ofMinority.entrySet().stream()
                .filter(each -> isFree(each.getKey()))
                .map(each -> Part.ofStore(each.getKey(), each.getValue()))
                .toList();
    }

    private boolean isFree(StoreSpec store) {
        seen(store);
        StoreSpec known = byName.get(store.name());
        if (known != null && !known.equals(store) && !ofMajority.contains(known)) {
            problem = "store \"" + store.name() + "\" is recorded with policy \"" + store.policy() + "\" at some"
                    + " replicas and with \"" + known.policy()
                    + "\" at others, and a majority has neither: open it at one more replica";
        }
        return byId.containsKey(store.id());
    }

    /** The stores whose records count, once all are listed. */
    Collection<StoreSpec> all() {
        return List.copyOf(byId.values());
    }

    /** The store of a number; null if its records are left. */
    @Nullable
    StoreSpec find(long id) {
        return byId.get(id);
    }

    /** Why the stores cannot be transferred; null if nothing is wrong. */
    @Nullable
    String problem() {
        return problem;
    }
}
