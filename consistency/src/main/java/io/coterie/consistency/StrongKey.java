package io.coterie.consistency;

import io.coterie.replication.RecordKey;
import io.coterie.rpc.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One node's operations on one key: a queue, at most one round under way, and what is held from the last round. All that
 * queues up during a round shares the next one, so a hot key costs rounds, not operations.
 */
final class StrongKey {
    /** A round must not make a key's state forget outcomes of its own. */
    private static final int MOST_ORIGINS = RegisterState.MAX_ORIGINS - 1;

    private static final int CROWD = 256;
    private static final int LEAST_WEIGHT = 200;

    final RecordKey key;
    private final StrongStore store;
    private Contention contention = new Contention();
    private List<StrongOperation> queue = new ArrayList<>();
    private @Nullable Round round;
    private @Nullable Held held;
    private int weight;

    StrongKey(StrongStore store, RecordKey key) {
        this.store = store;
        this.key = key;
    }

    void add(StrongOperation operation) {
        queue.add(operation);
        if (round == null) {
            startNext();
        }
    }

    boolean isIdle() {
        return round == null;
    }

    boolean isCrowded() {
        return queue.size() >= CROWD;
    }

    boolean isWorthKeeping() {
        return weight > 0;
    }

    /** Forgets what it holds and knows. */
    void forget() {
        contention = new Contention();
        setHeld(null);
    }

    /** Ends the round under way without telling anyone. */
    void stop() {
        Round current = round;
        if (current != null) {
            current.abandon();
        }
    }

    /** Another node changes the key, too. */
    void contended(long now) {
        contention.met(now);
        weigh();
    }

    /** Takes what is held, which is then held no more. */
    @Nullable
    Held takeHeld() {
        Held taken = held;
        setHeld(null);
        return taken;
    }

    void setHeld(@Nullable Held newHeld) {
        held = newHeld;
        weigh();
    }

    /** Whether another node is the key's home and may be sent the batch. */
    boolean canForward(Batch batch) {
        NodeId home = store.homes().of(key);
        if (home == null || home.equals(store.replication().self()) || batch.stays() || batch.hasForwarded()) {
            return false;
        }
        Batch.Sent sent = batch.sent();
        if (sent != null) {
            return sent.instead() == null;
        }
        if (batch.ended() != null || (batch.hasUserCode() && batch.mayBeApplied())) {
            return false;
        }
        long bytes = 0;
        for (StrongOperation pending : batch.operations()) {
            bytes += ForwardRequest.bytes(pending.operation);
        }
        return batch.hasUserCode()
                || (batch.operations().size() <= ForwardRequest.MOST_OPERATIONS && store.fits(bytes));
    }

    /** The batch under way goes on in another kind of round. */
    void continueWith(Round next) {
        if (round != null) {
            round.abandon();
        }
        round = next;
        next.start();
    }

    /** The round told its operations how they ended. */
    void roundOver(Round ended) {
        if (ended.equals(round)) {
            round = null;
            startNext();
        }
    }

    /** The operation's time is over. */
    void expire(StrongOperation operation) {
        Round current = round;
        operation.fail(store.expired(operation, current));
        if (current != null && current.batch.isOver()) {
            current.abandon();
            roundOver(current);
        }
    }

    private void weigh() {
        int before = weight;
        weight = held != null ? held.weight() + key.length() : contention.isKnown() ? LEAST_WEIGHT + key.length() : 0;
        store.heldChanged(before, weight);
    }

    private void startNext() {
        List<StrongOperation> next = takeNext();
        if (next.isEmpty()) {
            store.becameIdle(this);
            return;
        }
        Batch batch = new Batch(next);
        round = choose(batch);
        round.start();
    }

    private Round choose(Batch batch) {
        if (contention.isOn(store.replication().world().clock().nanos()) && canForward(batch)) {
            return store.newForwarding(this, batch);
        }
        return batch.isReadOnly() ? store.newReadRound(this, batch) : store.newWriteRound(this, batch);
    }

    /** The operations of the next round: all that wait, as far as one round may take them. */
    private List<StrongOperation> takeNext() {
        List<StrongOperation> next = queue;
        queue = new ArrayList<>();
        next.removeIf(PendingOperation::isDone);
        boolean forwards = contention.isOn(store.replication().world().clock().nanos());
        if (hasForwarded(next) || (forwards && next.size() > ForwardRequest.MOST_OPERATIONS)) {
            leaveForLater(next);
        }
        return next;
    }

    private static boolean hasForwarded(List<StrongOperation> operations) {
        for (StrongOperation pending : operations) {
            if (pending.operation instanceof Forwarded) {
                return true;
            }
        }
        return false;
    }

    private void leaveForLater(List<StrongOperation> next) {
        Set<Long> origins = new HashSet<>();
        int taken = 0;
        List<StrongOperation> kept = new ArrayList<>(next.size());
        for (StrongOperation pending : next) {
            boolean takes = pending.operation instanceof Forwarded batch
                    ? origins.size() < MOST_ORIGINS && origins.add(batch.origin())
                    : taken++ < ForwardRequest.MOST_OPERATIONS;
            (takes ? kept : queue).add(pending);
        }
        next.clear();
        next.addAll(kept);
    }
}
