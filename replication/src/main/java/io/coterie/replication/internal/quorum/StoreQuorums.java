package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.transfer.TransferQuorums;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The quorums of each store, as the name of its policy has them. A system of a user's own is known
 * where the store was opened. Elsewhere all members are needed, which is safe with any system. So is
 * a store that this node has never heard of. Only to be used on the loop.
 */
public final class StoreQuorums {
    private final QuorumContext context;
    private final LongFunction<@Nullable StoreSpec> stores;
    private final Supplier<Collection<StoreSpec>> recorded;
    private final Map<Long, QuorumPair> known = new HashMap<>();
    private final Map<Long, Voters> voters = new HashMap<>();
    private Voters votersOf;

    /**
     * @param stores finds the store of a number, or null
     * @param recorded all stores of which this node's replica knows
     */
    public StoreQuorums(
            QuorumContext context, LongFunction<@Nullable StoreSpec> stores, Supplier<Collection<StoreSpec>> recorded) {
        this.context = context;
        this.stores = stores;
        this.recorded = recorded;
        this.votersOf = context.voters();
    }

    /** This node opens a store, and knows its quorums. */
    public void opened(StoreSpec store, QuorumPair pair) {
        know(store.id(), pair);
    }

    /** Others have that store. */
    public void seen(StoreSpec store) {
        QuorumPair pair = QuorumPair.ofPolicy(store.policy());
        if (pair != null && !known.containsKey(store.id())) {
            know(store.id(), pair);
        }
    }

    private void know(long store, QuorumPair pair) {
        known.put(store, pair);
        voters.remove(store);
    }

    /** The quorums of a store. */
    public QuorumPair of(long store) {
        QuorumPair pair = known.get(store);
        StoreSpec spec = pair == null ? stores.apply(store) : null;
        if (spec != null) {
            seen(spec);
            pair = known.get(store);
        }
        return pair == null ? QuorumPair.ALL : pair;
    }

    /** The quorums of stores for one transfer, which may bring stores that this node does not know. */
    public TransferQuorums ofTransfer() {
        return new TransferQuorums(store -> {
            seen(store);
            return of(store.id());
        });
    }

    /** The voters with the quorums of a store. The same object until the voters change. */
    public Voters voters(long store) {
        if (!votersOf.equals(context.voters())) {
            votersOf = context.voters();
            voters.clear();
        }
        Voters those = voters.get(store);
        if (those == null) {
            those = votersOf.with(of(store));
            if (known.containsKey(store)) {
                voters.put(store, those);
            }
        }
        return those;
    }

    /**
     * The name of a store that cannot be moved from one group to the next with those that are alive;
     * null if all can.
     */
    public @Nullable String immovable(List<MemberId> group, List<MemberId> next, Collection<MemberId> alive) {
        TransferQuorums needed = ofTransfer();
        return recorded.get().stream()
                .filter(store -> !needed.canMove(store, group, next, alive))
                .map(StoreSpec::name)
                .findFirst()
                .orElse(null);
    }

    /**
     * Why these cannot be the members, as text that says what to do; null if they can, for all
     * quorums that are known.
     */
    public @Nullable String problem(List<String> members) {
        for (StoreSpec store : recorded.get()) {
            seen(store);
            QuorumPair pair = known.get(store.id());
            if (pair == null) {
                return "store \"" + store.name() + "\" has a quorum system of a user's own, which this node does not"
                        + " know: open the store at this node, and ask again";
            }
            try {
                if (!pair.areMajorities()) {
                    pair.requireMeeting(members);
                }
            } catch (IllegalArgumentException e) {
                return "store \"" + store.name() + "\": " + e.getMessage();
            }
        }
        return null;
    }
}
