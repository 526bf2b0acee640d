package io.coterie.internal.readiness;

import io.coterie.Status;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.EventualConsistency;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.replication.PolicyMismatchException;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.budget.StoreAdmission;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores that this node has opened, or opens in the background. Only to be used on the loop.
 */
public final class OpenStores {
    private static final Logger log = LoggerFactory.getLogger(OpenStores.class);

    private final Replication replication;
    private final Executor functions;
    private final Executor listeners;
    private final Map<StoreSpec, OpenStore> stores = new LinkedHashMap<>();

    private record OpenStore(ConsistencyPolicy policy, GatedStore store) {}

    public OpenStores(Replication replication, Executor functions, Executor listeners) {
        this.replication = replication;
        this.functions = functions;
        this.listeners = listeners;
    }

    /**
     * The store of that name. Begins to open it if that was not done yet.
     *
     * @throws PolicyMismatchException if this node has it open with another policy
     * @throws IllegalArgumentException if its name is not one that a store may have
     * @throws io.coterie.rpc.error.OverloadedException if this node has as many stores open as it
     *     may
     */
    public GatedStore open(String name, ConsistencyPolicy policy) {
        StoreSpec spec = new StoreSpec(name, policy.name());
        stores.forEach((known, open) -> {
            boolean isOther = known.name().equals(name) && !known.equals(spec);
            // A store that the replicas refuse may be opened with the policy that they know.
            if (isOther && (open.store().gate().isOpen() || open.store().gate().refusal() == null)) {
                throw new PolicyMismatchException("store \"" + name + "\" is open with policy \"" + known.policy()
                        + "\" at this node, not \"" + policy.name()
                        + "\". Open it with that policy, or choose another name");
            }
        });
        OpenStore known = stores.get(spec);
        if (known != null && policy instanceof EventualConsistency && !policy.equals(known.policy())) {
            throw new PolicyMismatchException("store \"" + name + "\" is open with policy \"" + known.policy()
                    + "\" at this node, not \"" + policy + "\". Open it with the same quorums everywhere in a program");
        }
        if (known == null) {
            // Refused here before the policy does anything for it.
            StoreAdmission.of(replication.loop()).requireOpenable(spec);
            PolicyStore store = policy.open(new StoreContext(replication, spec, functions, listeners));
            known = new OpenStore(policy, new GatedStore(new StoreGate(replication, spec, policy), store));
            stores.put(spec, known);
        }
        return known.store();
    }

    /** Whether there is a store that needs votes, or none at all yet. */
    public boolean needVotes() {
        return stores.isEmpty()
                || stores.values().stream().anyMatch(open -> open.policy().needsVotes());
    }

    /**
     * Runs {@code ready} when all stores of this moment are open, or {@code fail} with the reason
     * why one of them is not.
     *
     * @param leaves is given, for each of them, a task that ends the wait for it silently
     */
    public void awaitReady(long deadlineNanos, Runnable ready, Consumer<Throwable> fail, Consumer<Runnable> leaves) {
        awaitReady(List.copyOf(stores.values()).iterator(), deadlineNanos, ready, fail, leaves);
    }

    private void awaitReady(
            Iterator<OpenStore> rest,
            long deadlineNanos,
            Runnable ready,
            Consumer<Throwable> fail,
            Consumer<Runnable> leaves) {
        if (rest.hasNext()) {
            long left = deadlineNanos - replication.world().clock().nanos();
            StoreGate gate = rest.next().store().gate();
            leaves.accept(gate.awaitReady(left, () -> awaitReady(rest, deadlineNanos, ready, fail, leaves), fail));
        } else {
            ready.run();
        }
    }

    /**
     * The status of each store.
     *
     * <p>Where votes are needed, both groups count while the members change. Otherwise any replica
     * does.
     *
     * @param voting a bit for each of the voters that votes
     * @param serving a bit for each that answers, and has storage that works
     * @param taking a bit for each of those that accepts timestamps of this node
     */
    List<Status.StoreStatus> status(Voters voters, long voting, long serving, long taking) {
        List<Status.StoreStatus> status = new ArrayList<>();
        stores.forEach((spec, open) -> {
            ConsistencyPolicy policy = open.policy();
            boolean byVotes = policy.needsVotes();
            status.add(new Status.StoreStatus(
                    spec.name(),
                    policy.name(),
                    policy.promise(voters.groupSize()),
                    open.store().gate().problem(),
                    policy.readFailuresSurvived(voters, byVotes ? voting : serving),
                    policy.writeFailuresSurvived(voters, byVotes ? voting : taking)));
        });
        return List.copyOf(status);
    }

    /** Closes all stores, whatever their policies throw. */
    public void close() {
        stores.forEach((spec, open) -> {
            try {
                open.store().close();
            } catch (Throwable e) {
                // Even after an Error the port, the directory and the threads must come free.
                log.error("store {}: its policy threw an exception when it was closed; fix the policy", spec.name(), e);
            }
        });
    }
}
