package io.coterie.replication;

import io.coterie.rpc.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until enough replicas have a store recorded, too many have it under another policy, or the time is over. Where fewer
 * than a majority are enough, it hears the others too, as far as they can be reached: one of them may know another policy.
 *
 * <p>What a majority has recorded counts. A minority with another record, left by a call that failed, is set right.
 */
final class StoreOpening implements Gathering<Boolean> {
    private final Replication replication;
    private final StoreSpec store;
    private final int needed;
    private final int replicas;
    private final int majority;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final Set<NodeId> unheard = new HashSet<>();
    private final Map<NodeId, String> dissenters = new TreeMap<>();
    private int confirmed;

    StoreOpening(Replication replication, StoreSpec store, int needed) {
        this.replication = replication;
        this.store = store;
        this.needed = needed;
        this.replicas = replication.replicas().size();
        this.majority = Quorums.majority(replicas);
        if (needed < majority) {
            unheard.addAll(replication.replicas());
        }
    }

    CompletableFuture<Void> result() {
        return result;
    }

    void begin(QuorumCall call, Duration timeout) {
        replication.world().scheduler().schedule(timeout.toNanos(), () -> expired(call.said(), timeout));
    }

    /** Goes on after enough: the others are to know the store too. */
    @Override
    public boolean onAnswer(NodeId replica, Boolean answer) {
        confirmed++;
        unheard.remove(replica);
        decide();
        return confirmed == replicas;
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        unheard.remove(replica);
        decide();
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        dissenters.put(replica, problem);
        unheard.remove(replica);
        decide();
    }

    @Override
    public void onOtherReplicas(NodeId replica, String problem) {
        result.completeExceptionally(new ConfigurationMismatchException("replica " + replica + ": " + problem));
    }

    private void decide() {
        if (confirmed >= majority) {
            replication.stores().recordedByMajority(store);
            setRight();
        }
        boolean disputed = confirmed < majority && !dissenters.isEmpty();
        if (confirmed >= needed && unheard.isEmpty() && !disputed) {
            result.complete(null);
        } else if (dissenters.size() > replicas - majority || (needed < majority && disputed && unheard.isEmpty())) {
            mismatch();
        }
    }

    private void setRight() {
        Set<NodeId> wrong = Set.copyOf(dissenters.keySet());
        dissenters.clear();
        for (NodeId replica : wrong) {
            replication.stores().introduce(replica, store, problem -> {
                if (problem == null) {
                    onAnswer(replica, true);
                }
            });
        }
    }

    private void expired(Map<NodeId, String> said, Duration timeout) {
        if (result.isDone()) {
            return;
        }
        if (!dissenters.isEmpty()) {
            mismatch();
        } else if (confirmed >= needed) {
            result.complete(null);
        } else {
            result.completeExceptionally(new QuorumUnavailableException(
                    "store \"" + store.name() + "\" was recorded by " + confirmed + " of the " + needed
                            + " replicas needed within " + timeout,
                    said));
        }
    }

    private void mismatch() {
        Map.Entry<NodeId, String> one = dissenters.entrySet().iterator().next();
        result.completeExceptionally(new PolicyMismatchException("replica " + one.getKey() + ": " + one.getValue()
                + ". Open the store with the policy that it was opened with first, or choose another name"));
    }
}
