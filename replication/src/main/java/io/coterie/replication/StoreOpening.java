package io.coterie.replication;

import io.coterie.rpc.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until enough replicas have a store recorded, one refuses it, or the time is over. Where fewer than a majority are
 * enough, it hears the others too, as far as they can be reached: one of them may know another policy.
 */
final class StoreOpening implements Gathering<Boolean> {
    private final Replication replication;
    private final StoreSpec store;
    private final int needed;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final Set<NodeId> unheard = new HashSet<>();
    private int confirmed;

    StoreOpening(Replication replication, StoreSpec store, int needed) {
        this.replication = replication;
        this.store = store;
        this.needed = needed;
        if (needed < Quorums.majority(replication.replicas().size())) {
            unheard.addAll(replication.replicas());
        }
    }

    CompletableFuture<Void> result() {
        return result;
    }

    void begin(Fanout<StoreSpec, Boolean> call, Duration timeout) {
        replication.world().scheduler().schedule(timeout.toNanos(), () -> expired(call.said(), timeout));
        call.start();
    }

    /** Goes on after enough: the others are to know the store too. */
    @Override
    public boolean onAnswer(NodeId replica, Boolean answer) {
        confirmed++;
        heard(replica);
        return confirmed == replication.replicas().size();
    }

    @Override
    public void onProblem(NodeId replica, String problem) {
        heard(replica);
    }

    @Override
    public void onOtherPolicy(NodeId replica, String problem) {
        result.completeExceptionally(new PolicyMismatchException("replica " + replica + ": " + problem
                + ". Open the store with the policy that it was opened with first, or choose another name"));
    }

    private void heard(NodeId replica) {
        unheard.remove(replica);
        if (confirmed >= needed && unheard.isEmpty()) {
            result.complete(null);
        }
    }

    private void expired(Map<NodeId, String> said, Duration timeout) {
        if (confirmed >= needed) {
            result.complete(null);
        } else if (!result.isDone()) {
            result.completeExceptionally(new QuorumUnavailableException(
                    "store \"" + store.name() + "\" was recorded by " + confirmed + " of the " + needed
                            + " replicas needed within " + timeout,
                    said));
        }
    }
}
