package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.StoreSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The floors that the members of the group have, as they were last seen. */
final class FloorsFound {
    private final Map<Long, Map<MemberId, Ballot>> floors = new TreeMap<>();

    void add(MemberId member, Listed.Floor floor) {
        floors.computeIfAbsent(floor.store(), first -> new HashMap<>()).merge(member, floor.floor(), Ballot::max);
    }

    /**
     * What the next group is to have as floors. They come after all keys: before, a key with an
     * older ballot would be refused.
     *
     * @param listed the members that have listed to the end. One without a floor has none
     */
    List<Part> parts(TransferPlan plan, Set<MemberId> listed, TransferStores stores) {
        List<Part> parts = new ArrayList<>();
        floors.forEach((id, found) -> {
            Map<MemberId, Ballot> promises = new HashMap<>();
            listed.forEach(member -> promises.put(member, found.getOrDefault(member, Ballot.NONE)));
            StoreSpec store = stores.find(id);
            Ballot floor = store == null ? Ballot.NONE : Decisions.promised(plan, store, promises);
            if (store != null && !floor.equals(Ballot.NONE)) {
                Set<MemberId> holders = listed.stream()
                        .filter(member -> !floor.isAbove(found.getOrDefault(member, Ballot.NONE)))
                        .collect(Collectors.toSet());
                parts.add(Part.ofFloor(store, new Known.Floor(id, floor), holders));
            }
        });
        return parts;
    }
}
