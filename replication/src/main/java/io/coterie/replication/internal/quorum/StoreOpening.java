package io.coterie.replication.internal.quorum;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.Gathering;
import io.coterie.replication.Opening;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.QuorumCall;
import io.coterie.replication.Quorums;
import io.coterie.replication.StoreSpec;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks all replicas to record a store until enough have. Where fewer than a majority are enough, it
 * hears the others too, as far as they can be reached: one of them may know another policy.
 *
 * <p>What a majority has recorded counts. A minority with another record, left by a call that
 * failed, is set right. A replica that was given other replicas is asked again, as it may be
 * started anew with the right ones.
 */
final class StoreOpening implements Opening, Gathering<Boolean> {
    private final QuorumContext context;
    private final OpenedStores stores;
    private final StoreSpec store;
    private final int needed;
    private final Consumer<Opening> onChange;
    private final int replicas;
    private final int majority;
    private final Set<NodeId> unheard = new HashSet<>();
    private final Map<NodeId, String> dissenters = new TreeMap<>();
    private final Map<NodeId, String> strangers = new TreeMap<>();
    private @Nullable QuorumCall call;
    private int confirmed;
    private boolean open;

    /**
     * An opening that has asked nobody yet.
     *
     * @param stores has replicas that are wrong set right
     * @param onChange told when it is open, refused, or not refused any more
     */
    StoreOpening(QuorumContext context, OpenedStores stores, StoreSpec store, int needed, Consumer<Opening> onChange) {
        this.context = context;
        this.stores = stores;
        this.store = store;
        this.needed = needed;
        this.onChange = onChange;
        this.replicas = context.replicas().size();
        this.majority = Quorums.majority(replicas);
        if (needed < majority) {
            unheard.addAll(context.replicas());
        }
    }

    void begin(Fanout<ReplicaMethods.Open, Boolean> asking) {
        call = asking;
        if (!unheard.isEmpty()) {
            // One that says nothing at all keeps nobody waiting.
            context.world().scheduler().schedule(2 * context.attemptNanos(), () -> {
                unheard.clear();
                decide();
            });
        }
        asking.start();
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
        if (!strangers.isEmpty()) {
            return new ConfigurationMismatchException(firstOf(strangers));
        }
        return isDisputed()
                ? new PolicyMismatchException(firstOf(dissenters)
                        + ". Open the store with the policy that it was first opened with, or choose another name")
                : null;
    }

    @Override
    public String progress() {
        return confirmed < needed
                ? "is recorded by " + confirmed + " of the " + replicas(needed) + " needed"
                : "is recorded by " + replicas(confirmed)
                        + ", but not all others have answered yet, and one of them may know another policy";
    }

    @Override
    public Map<NodeId, String> said() {
        QuorumCall asked = call;
        return asked == null ? Map.of() : asked.said();
    }

    /** Goes on after enough: the others are to know the store too. */
    @Override
    public boolean onAnswer(NodeId replica, Boolean answer) {
        confirmed++;
        heard(replica);
        return confirmed == replicas;
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

    @Override
    public void onOtherReplicas(NodeId replica, String problem) {
        boolean isNew = strangers.put(replica, problem) == null;
        unheard.remove(replica);
        if (isNew && !open) {
            onChange.accept(this);
        }
    }

    private void heard(NodeId replica) {
        unheard.remove(replica);
        strangers.remove(replica);
        decide();
    }

    private void decide() {
        if (confirmed >= majority) {
            stores.recordedByMajority(store);
            setRight();
        }
        if (open) {
            return;
        }
        boolean agreed = confirmed >= majority || dissenters.isEmpty();
        open = confirmed >= needed && unheard.isEmpty() && agreed && strangers.isEmpty();
        if (open || isDisputed()) {
            onChange.accept(this);
        }
    }

    /**
     * Whether what was heard speaks against this policy: of a majority of replicas, or of whom
     * there is to ask.
     */
    private boolean isDisputed() {
        return dissenters.size() > replicas - majority
                || (needed < majority && confirmed < majority && !dissenters.isEmpty() && unheard.isEmpty());
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

    private static String firstOf(Map<NodeId, String> said) {
        Map.Entry<NodeId, String> one = said.entrySet().iterator().next();
        return "replica " + one.getKey() + ": " + one.getValue();
    }
}
