package io.coterie.replication.internal.quorum;

import io.coterie.replication.Opening;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks all replicas to record a store until enough have. Where fewer than a majority are enough, it
 * also waits for the others as far as they can be reached: one of them may know another policy.
 *
 * <p>The record of a majority counts. A minority with another record, which a failed call has left,
 * is corrected. When the voters change, all of them are asked anew; a store that is
 * open stays so.
 */
final class StoreOpening implements Opening, ResponseCollector<Boolean> {
    private final QuorumContext context;
    private final OpenedStores stores;
    private final StoreSpec store;
    private final int needed;
    private final Consumer<Opening> onChange;
    private final boolean needsQuorum;

    /** How many must confirm it beside that; 0 where a quorum is all that is needed. */
    private final int copies;

    private Voters voters;
    private final Set<NodeId> unheard = new HashSet<>();
    private final Map<NodeId, String> dissenters = new TreeMap<>();
    private @Nullable QuorumCall call;

    /** A bit for each replica. */
    private long confirmed;

    private boolean open;

    /**
     * An opening that has not asked a replica yet.
     *
     * @param stores corrects replicas with another record
     * @param onChange called when the store is open, refused, or no longer refused
     */
    StoreOpening(QuorumContext context, OpenedStores stores, StoreSpec store, int needed, Consumer<Opening> onChange) {
        this.context = context;
        this.stores = stores;
        this.store = store;
        this.needed = needed;
        this.onChange = onChange;
        this.voters = context.voters();
        int majority = Quorums.majority(voters.replicas().size());
        this.needsQuorum = needed >= majority;
        this.copies = needed == majority ? 0 : needed;
        if (!needsQuorum) {
            unheard.addAll(voters.replicas());
        }
    }

    void begin(Fanout<ReplicaMethods.Open, Boolean> asking) {
        call = asking;
        if (!unheard.isEmpty()) {
            // A silent replica must not delay the opening.
            Voters current = voters;
            context.world().scheduler().schedule(2 * context.attemptNanos(), () -> {
                if (current.equals(voters)) {
                    unheard.clear();
                    decide();
                }
            });
        }
        asking.start();
    }

    StoreSpec store() {
        return store;
    }

    /** The voters have changed. */
    void askAnew(Fanout<ReplicaMethods.Open, Boolean> asking) {
        boolean wasRefused = refusal() != null;
        QuorumCall before = call;
        if (before != null) {
            before.cancel();
        }
        voters = context.voters();
        confirmed = 0;
        dissenters.clear();
        unheard.clear();
        if (!needsQuorum && !open) {
            unheard.addAll(voters.replicas());
        }
        if (wasRefused) {
            onChange.accept(this);
        }
        begin(asking);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public @Nullable CoterieException refusal() {
        if (open) {
            return null;
        }
        return isDisputed()
                ? new PolicyMismatchException(firstOf(dissenters)
                        + ". Open the store with the policy that it was first opened with, or choose another name")
                : null;
    }

    @Override
    public String progress() {
        return !isRecorded()
                ? "is recorded by " + Long.bitCount(confirmed) + " of the " + replicas(needed) + " needed"
                : "is recorded by " + replicas(Long.bitCount(confirmed))
                        + ", but not all others have answered yet, and one of them may know another policy";
    }

    @Override
    public Map<NodeId, String> said() {
        QuorumCall asked = call;
        return asked == null ? Map.of() : asked.said();
    }

    /** Continues after enough answers: the others are to know the store, too. */
    @Override
    public boolean onAnswer(NodeId replica, Boolean answer) {
        confirmed |= voters.bit(replica);
        heard(replica);
        return confirmed == voters.allBits();
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        heard(replica);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        dissenters.put(replica, problem);
        heard(replica);
    }

    private void heard(NodeId replica) {
        unheard.remove(replica);
        decide();
    }

    private void decide() {
        if (voters.isQuorum(confirmed)) {
            stores.recordedByMajority(store);
            setRight();
        }
        if (open) {
            return;
        }
        boolean agreed = voters.isQuorum(confirmed) || dissenters.isEmpty();
        open = isRecorded() && unheard.isEmpty() && agreed;
        if (open || isDisputed()) {
            onChange.accept(this);
        }
    }

    /**
     * Whether the answers contradict this policy: those of a majority of replicas, or of all that
     * can be asked.
     */
    private boolean isDisputed() {
        long dissenting = dissenters.keySet().stream().mapToLong(voters::bit).sum();
        return !voters.isQuorumWithout(dissenting)
                || (!needsQuorum && !voters.isQuorum(confirmed) && dissenting != 0 && unheard.isEmpty());
    }

    /** Whether as many have confirmed it as are needed, or all if those are fewer. */
    private boolean isRecorded() {
        int enough = Math.min(copies, voters.replicas().size());
        return Long.bitCount(confirmed) >= enough && (!needsQuorum || voters.isQuorum(confirmed));
    }

    private void setRight() {
        Set<NodeId> wrong = Set.copyOf(dissenters.keySet());
        dissenters.clear();
        for (NodeId replica : wrong) {
            stores.introduce(replica, store, problem -> {
                if (problem == null) {
                    onAnswer(replica, true);
                }
            });
        }
    }

    private static String replicas(int count) {
        return count + (count == 1 ? " replica" : " replicas");
    }

    private static String firstOf(Map<NodeId, String> problems) {
        Map.Entry<NodeId, String> one = problems.entrySet().iterator().next();
        return "replica " + one.getKey() + ": " + one.getValue();
    }
}
