package io.coterie.consistency;

import io.coterie.replication.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's operations on one key: a queue, at most one round under way, and what is held from the last round. All that
 * queues up during a round shares the next one, so a hot key costs rounds, not operations.
 */
final class StrongKey {
    final RecordKey key;
    private final StrongStore store;
    private List<StrongOperation> queue = new ArrayList<>();
    private @Nullable Round round;
    private @Nullable Held held;

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

    boolean holdsSomething() {
        return held != null;
    }

    /** Ends the round under way without telling anyone. */
    void stop() {
        Round current = round;
        if (current != null) {
            current.abandon();
        }
    }

    /** Takes what is held, which is then held no more. */
    @Nullable
    Held takeHeld() {
        Held taken = held;
        setHeld(null);
        return taken;
    }

    void setHeld(@Nullable Held newHeld) {
        store.heldChanged(weight(held), weight(newHeld));
        held = newHeld;
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

    private int weight(@Nullable Held holding) {
        return holding == null ? 0 : holding.weight() + key.length();
    }

    private void startNext() {
        if (queue.isEmpty()) {
            store.becameIdle(this);
            return;
        }
        Batch batch = new Batch(queue);
        queue = new ArrayList<>();
        batch.dropEnded();
        if (batch.operations().isEmpty()) {
            startNext();
            return;
        }
        Round next = batch.isReadOnly() ? store.newReadRound(this, batch) : store.newWriteRound(this, batch);
        round = next;
        next.start();
    }
}
