package io.coterie.consistency.internal.key;

import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.round.Round;
import io.coterie.consistency.internal.rules.Batch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a key that do not wait for a function which its round is calling: they have rounds
 * of their own, one at a time. To the replicas it is as if another node read.
 */
final class ReadsAside {
    private final KeyContext context;
    private final KeyCoordinator key;
    private List<StrongOperation> waiting = new ArrayList<>();
    private @Nullable Round round;

    ReadsAside(KeyContext context, KeyCoordinator key) {
        this.context = context;
        this.key = key;
    }

    void add(List<StrongOperation> reads) {
        waiting.addAll(reads);
        resume();
    }

    /** Begins with what waits, unless a round of these reads is in flight. */
    void resume() {
        if (round == null) {
            startNext();
        }
    }

    /** Ends what waits, as no majority is connected. */
    void refuse() {
        List<StrongOperation> refused = waiting;
        waiting = new ArrayList<>();
        refused.forEach(read -> read.fail(context.failures().notBegun(read)));
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    boolean isIdle() {
        return round == null && waiting.isEmpty();
    }

    boolean isRound(Round other) {
        return other.equals(round);
    }

    /** The round that a read is part of, or waits for; null if it is none of these reads. */
    @Nullable
    Round roundOf(StrongOperation read) {
        Round current = round;
        boolean isHere = current != null && (current.batch.operations().contains(read) || waiting.contains(read));
        return isHere ? current : null;
    }

    void continueWith(Round next) {
        stop();
        round = next;
        next.start();
    }

    void roundOver() {
        round = null;
        startNext();
    }

    /** Ends the round and notifies nobody. */
    void stop() {
        Round current = round;
        if (current != null) {
            current.abandon();
        }
    }

    private void startNext() {
        waiting.removeIf(PendingOperation::isDone);
        if (!waiting.isEmpty() && !context.hasQuorums()) {
            context.awaitMajority(key);
        } else if (!waiting.isEmpty()) {
            Round next = key.newRead(new Batch(waiting));
            waiting = new ArrayList<>();
            round = next;
            next.start();
        }
    }
}
