package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.QuorumCall;
import io.coterie.replication.Quorums;
import io.coterie.replication.Replication;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Scheduler;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings one batch of one key to its end: a chain of phases, each a request to all replicas. A phase that is not the
 * current one any more hears nothing, so that late answers to an abandoned attempt change nothing.
 */
abstract class Round {
    final StrongStore store;
    final StrongKey key;
    final Batch batch;
    final int majority;
    private int phase;
    private long phaseBegan;
    private int conflicts;
    private @Nullable QuorumCall call;
    private Scheduler.@Nullable Timer backoff;

    Round(StrongStore store, StrongKey key, Batch batch) {
        this.store = store;
        this.key = key;
        this.batch = batch;
        this.majority = Quorums.majority(store.replication().replicas().size());
    }

    abstract void start();

    /** Stops without telling anyone. */
    void abandon() {
        leavePhase();
    }

    /** What the replicas said to the current phase. */
    Map<NodeId, String> said() {
        QuorumCall current = call;
        return current == null ? Map.of() : current.said();
    }

    Replication replication() {
        return store.replication();
    }

    /** Until when replicas are asked again: the last deadline of the batch. */
    long deadline() {
        long now = replication().world().clock().nanos();
        long longest = 0;
        for (StrongOperation operation : batch.operations()) {
            longest = Math.max(longest, operation.deadline - now);
        }
        return now + longest;
    }

    /** Leaves the current phase, if any, and enters the next; its number tells whether it is still the current one. */
    int enterPhase() {
        leavePhase();
        phaseBegan = replication().world().clock().nanos();
        return phase;
    }

    boolean isCurrent(int number) {
        return phase == number;
    }

    /** Begins the request of a phase, which may be answered, or even left, before this returns. */
    void ask(int number, Supplier<QuorumCall> request) {
        QuorumCall begun = request.get();
        if (isCurrent(number)) {
            call = begun;
        } else {
            begun.cancel();
        }
    }

    /** The current phase has its majority. */
    void majorityAnswered() {
        store.backoff().measured(replication().world().clock().nanos() - phaseBegan);
    }

    /**
     * A replica has promised a higher ballot. The phase may yet get its majority from the others; if it does not within a
     * random time, which grows with each conflict, it is tried again with a ballot above that one.
     */
    void conflict(Ballot promised, Runnable again) {
        replication().ballotClock().observe(promised.counter());
        if (backoff == null) {
            conflicts++;
            long wait = store.backoff().draw(conflicts, replication().world().random());
            int number = phase;
            backoff = replication().world().scheduler().schedule(wait, () -> {
                if (isCurrent(number)) {
                    again.run();
                }
            });
        }
    }

    /** The batch is at its end. */
    void finish(Batch.Applied attempt) {
        leavePhase();
        batch.complete(attempt);
        key.roundOver(this);
    }

    private void leavePhase() {
        phase++;
        if (call != null) {
            call.cancel();
            call = null;
        }
        if (backoff != null) {
            backoff.cancel();
            backoff = null;
        }
    }
}
