package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.quorums.MemberQuorums;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.StoreSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The quorums of the stores that are transferred. Stores that have chosen them need them beside the
 * majorities that all need. Remembers the stores that members have named. Only to be used on the
 * loop.
 */
public final class TransferQuorums {
    private final Function<StoreSpec, QuorumPair> pairs;
    private final Map<StoreSpec, QuorumPair> chosen = new LinkedHashMap<>();
    private final Map<Bound, MemberQuorums> bound = new HashMap<>();

    private record Bound(QuorumSystem system, List<String> members) {}

    /** @param pairs finds the quorums of a store */
    public TransferQuorums(Function<StoreSpec, QuorumPair> pairs) {
        this.pairs = pairs;
    }

    /** Majorities for all stores. */
    static TransferQuorums majorities() {
        return new TransferQuorums(store -> QuorumPair.MAJORITIES);
    }

    /** A member has named the store. */
    void seen(StoreSpec store) {
        if (!chosen.containsKey(store)) {
            QuorumPair pair = pairs.apply(store);
            if (!pair.areMajorities()) {
                chosen.put(store, pair);
            }
        }
    }

    /** Whether a store has chosen its quorums. */
    boolean hasChosen(StoreSpec store) {
        seen(store);
        return chosen.containsKey(store);
    }

    /**
     * Whether these members of a group include a prepare quorum and an accept quorum of each store.
     * A prepare quorum shares a member with all that have accepted what is chosen. An accept quorum
     * shares one with all that have promised a ballot.
     */
    boolean haveBoth(List<MemberId> group, Collection<MemberId> members) {
        return chosen.values().stream()
                .allMatch(pair -> isQuorum(pair.prepare(), group, members) && isQuorum(pair.accept(), group, members));
    }

    /** Whether these members of a group include a prepare quorum of a store. */
    boolean isPrepareQuorum(StoreSpec store, List<MemberId> group, Collection<MemberId> members) {
        return isQuorum(pairs.apply(store).prepare(), group, members);
    }

    /** Whether these members of a group include an accept quorum of a store. */
    boolean isAcceptQuorum(StoreSpec store, List<MemberId> group, Collection<MemberId> members) {
        return isQuorum(pairs.apply(store).accept(), group, members);
    }

    /**
     * Whether a store can be moved from one group to the next with these members alone, beside the
     * majorities that each store needs.
     */
    public boolean canMove(StoreSpec store, List<MemberId> group, List<MemberId> next, Collection<MemberId> members) {
        return !hasChosen(store)
                || (isPrepareQuorum(store, group, members)
                        && isAcceptQuorum(store, group, members)
                        && isAcceptQuorum(store, next, members));
    }

    /** A system that is not defined for the group has no quorum there. */
    private boolean isQuorum(QuorumSystem system, List<MemberId> group, Collection<MemberId> members) {
        List<String> names =
                group.stream().map(member -> member.node().name()).sorted().toList();
        MemberQuorums quorums;
        try {
            quorums = bound.computeIfAbsent(new Bound(system, names), each -> system.of(names));
        } catch (IllegalArgumentException e) {
            return false;
        }
        long bits = 0;
        for (MemberId member : members) {
            int index = group.contains(member) ? names.indexOf(member.node().name()) : -1;
            bits |= index < 0 ? 0 : 1L << index;
        }
        return quorums.isQuorum(bits);
    }
}
