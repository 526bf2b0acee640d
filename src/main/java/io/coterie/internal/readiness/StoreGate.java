package io.coterie.internal.readiness;

import io.coterie.NotReadyException;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.replication.Opening;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.spi.Scheduler;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a store in the background, and holds back operations until it is open: each within its own
 * timeout. Only to be used on the loop.
 */
public final class StoreGate {
    private static final Logger log = LoggerFactory.getLogger(StoreGate.class);

    private final Replication replication;
    private final String store;
    private final ConsistencyPolicy policy;
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private final Opening opening;
    private boolean open;
    private boolean closed;
    private boolean refusalLogged;

    /** Begins to open a store. */
    StoreGate(Replication replication, StoreSpec spec, ConsistencyPolicy policy) {
        int replicas = replication.replicas().size();
        this.replication = replication;
        this.store = spec.name();
        this.policy = policy;
        this.opening = replication.loop().openStore(spec, policy.replicasToOpen(replicas), this::changed);
    }

    /** Why this node may not do that operation, or null. */
    @Nullable
    CoterieException refusalOf(Operation operation) {
        return operation.isRead() || !replication.isReadOnly()
                ? null
                : new NotPermittedException("store \"" + store + "\": "
                        + operation.getClass().getSimpleName() + " was not begun, as node " + replication.self()
                        + " is read-only: start it without readOnly(), or use another node");
    }

    boolean isOpen() {
        return open;
    }

    /** Why the store refuses every operation now, or null if it is open or may still become so. */
    @Nullable
    CoterieException refusal() {
        return closed ? new NodeClosedException("the store is closed", false) : opening.refusal();
    }

    /** Why the store is not open, as text that follows its name; null if it is. */
    @Nullable
    String problem() {
        if (open) {
            return null;
        }
        CoterieException refusal = opening.refusal();
        return refusal == null ? "it " + progress() : String.valueOf(refusal.getMessage());
    }

    /** A client that reaches nobody of its list cannot know who the members are. */
    private String progress() {
        boolean isLost = replication.localState() == null
                && NodeReplication.of(replication.loop()).configuration() == null;
        return opening.progress()
                + (isLost
                        ? ". No replica of this node's list has said who the members of the cluster are: list some that"
                                + " are members now"
                        : "");
    }

    /** Begins an operation when the store is open, or fails it as not applied. */
    void await(String operation, long deadlineNanos, Runnable begin, Consumer<Throwable> fail) {
        Supplier<CoterieException> late = () -> new QuorumUnavailableException(
                "store \"" + store + "\": " + operation
                        + " was not begun in time, as the store is not open yet: it "
                        + progress(),
                opening.said());
        add(
                new Waiting(begin, fail, late),
                deadlineNanos - replication.world().clock().nanos());
    }

    /**
     * Completes when the store is open, and fails if it was not in that time, or cannot be opened
     * as things are. May be called on any thread.
     *
     * @param nanos 0 or less: if it is open now
     */
    public CompletableFuture<@Nullable Void> whenReady(CallerLoop loop, long nanos) {
        return loop.whenNotified((ready, fail) -> awaitReady(nanos, ready, fail));
    }

    /**
     * Runs {@code ready} when the store is open, or {@code fail} when that time is over.
     *
     * @return a task that ends the wait silently, if it has not ended
     */
    Runnable awaitReady(long nanos, Runnable ready, Consumer<Throwable> fail) {
        Supplier<CoterieException> late = () ->
                new NotReadyException("store \"" + store + "\" is not open yet: it " + progress(), opening.said());
        if (open) {
            ready.run();
            return () -> {};
        }
        Waiting one = new Waiting(ready, fail, late);
        add(one, nanos);
        return one::leave;
    }

    /** Fails all operations that wait. */
    void close() {
        closed = true;
        leave().forEach(Waiting::refuse);
    }

    private void add(Waiting one, long nanos) {
        if (refusal() != null) {
            one.refuse();
            return;
        }
        waiting.add(one);
        one.timer = replication.world().scheduler().schedule(nanos, one::expire);
    }

    private void changed(Opening now) {
        CoterieException refusal = now.refusal();
        if (now.isOpen()) {
            open = true;
            log.info(
                    "store {}: {}", store, policy.promise(replication.replicas().size()));
            leave().forEach(Waiting::begin);
        } else if (refusal != null && !closed) {
            if (!refusalLogged) {
                refusalLogged = true;
                log.warn(
                        "{}: store {} is not open, and every operation on it fails: {}",
                        replication.self(),
                        store,
                        refusal.getMessage());
            }
            leave().forEach(Waiting::refuse);
        }
    }

    private List<Waiting> leave() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private final class Waiting {
        private final Runnable task;
        private final Consumer<Throwable> fail;
        private final Supplier<CoterieException> late;
        private Scheduler.@Nullable Timer timer;

        Waiting(Runnable task, Consumer<Throwable> fail, Supplier<CoterieException> late) {
            this.task = task;
            this.fail = fail;
            this.late = late;
        }

        void begin() {
            cancelTimer();
            try {
                task.run();
            } catch (Throwable e) {
                // A policy refuses an operation by an exception: its caller must get it, and the
                // others continue.
                fail.accept(e);
            }
        }

        void refuse() {
            cancelTimer();
            CoterieException refusal = refusal();
            fail.accept(refusal == null ? late.get() : refusal);
        }

        void expire() {
            if (waiting.remove(this)) {
                fail.accept(late.get());
            }
        }

        void leave() {
            cancelTimer();
            waiting.remove(this);
        }

        private void cancelTimer() {
            Scheduler.Timer running = timer;
            if (running != null) {
                running.cancel();
            }
        }
    }
}
