package io.coterie.consistency.internal.pending;

import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.quorum.Connections;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Where what needs connected replicas waits before it begins, until enough of them are connected,
 * or until they were not for longer than the grace: then it is refused. Only to be used on the
 * loop.
 */
public final class ConnectionGate {
    /** A waiter at the gate. One of its methods is called, once. */
    public interface Waiter {
        /** Enough replicas are connected again. */
        void begin();

        /** They were not for longer than the grace. */
        void refuse();
    }

    /** Callers that try again at once must not keep the loop busy with being refused. */
    private static final long REFUSED_AFTER_NANOS = Duration.ofMillis(10).toNanos();

    private final NodeReplication replication;
    private final BooleanSupplier open;
    private final BooleanSupplier givenUp;
    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private boolean refuses;

    private ConnectionGate(NodeReplication replication, BooleanSupplier open, BooleanSupplier givenUp) {
        this.replication = replication;
        this.open = open;
        this.givenUp = givenUp;
        replication.onConnectionChange(this::changed);
    }

    /** One for what needs a prepare quorum and an accept quorum of a store. */
    public static ConnectionGate ofQuorums(NodeReplication replication, long store) {
        Connections.Threshold connected = replication.connected(store);
        return new ConnectionGate(replication, connected::isReached, connected::isGraceOver);
    }

    /** One for what needs one replica, whichever. */
    public static ConnectionGate ofAny(NodeReplication replication) {
        return new ConnectionGate(replication, replication::hasReplica, replication::isEachGivenUp);
    }

    /** Begins at once if enough replicas are connected. */
    public void pass(Waiter waiter) {
        if (open.getAsBoolean()) {
            waiter.begin();
        } else {
            await(waiter);
        }
    }

    /** Waits, and is notified once, however often it comes. */
    public void await(Waiter waiter) {
        // An equal one may be a key that was forgotten since, with nothing left that waits.
        waiting.remove(waiter);
        waiting.add(waiter);
        replication.seekReplicas();
        if (givenUp.getAsBoolean()) {
            refuseSoon();
        }
    }

    /** Waits no more. */
    public void leave(Waiter waiter) {
        waiting.remove(waiter);
    }

    /** Nothing waits from now on. */
    public void clear() {
        waiting.clear();
    }

    private void changed() {
        if (open.getAsBoolean()) {
            takeAll().forEach(Waiter::begin);
        } else if (!waiting.isEmpty() && givenUp.getAsBoolean()) {
            refuseSoon();
        }
    }

    private void refuseSoon() {
        if (refuses) {
            return;
        }
        refuses = true;
        replication.world().scheduler().schedule(REFUSED_AFTER_NANOS, () -> {
            refuses = false;
            if (givenUp.getAsBoolean()) {
                takeAll().forEach(Waiter::refuse);
            }
        });
    }

    private List<Waiter> takeAll() {
        List<Waiter> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
