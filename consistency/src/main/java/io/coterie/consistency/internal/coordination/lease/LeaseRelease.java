package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Removes one acquisition's entry, or its place in the queue, and makes sure that no write in
 * flight puts it back. Until then it counts against the node's bound, because nothing can be
 * released without a majority.
 */
final class LeaseRelease implements CasLoop.Decider, CasLoop.End {
    private final LeaseContext context;
    private final LeaseClaim claim;
    private final @Nullable CasLoop before;
    private final CompletableFuture<@Nullable Void> future = new CompletableFuture<>();

    /**
     * A release.
     *
     * @param before an attempt that was given up, a write of which may be in flight
     */
    LeaseRelease(LeaseContext context, LeaseClaim claim, @Nullable CasLoop before) {
        this.context = context;
        this.claim = claim;
        this.before = before;
    }

    /**
     * Continues until it is done or the store closes: only then does the next one not have to wait.
     *
     * @param known the last known state of the record, with the entry; null if none is known
     */
    CompletableFuture<@Nullable Void> start(byte @Nullable [] known) {
        context.coordinator().add(this, () -> future);
        CasLoop loop = new CasLoop(context.coordinator().cas(), context.key(), context.endless(), this, this);
        if (known == null) {
            loop.start();
        } else {
            loop.startFrom(known);
        }
        return future;
    }

    @Override
    public CasDecision next(byte @Nullable [] current) {
        LeaseRecord record = context.decode(current);
        if (isIn(record)) {
            LeaseRecord without = record.without(claim.owner());
            return new CasDecision.Write((before == null ? without.aboveFloor() : without).encode());
        }
        if (before != null && before.mayStillChange(current)) {
            LeaseRecord base =
                    current == null ? record.madeAs(context.coordinator().nextOwner()) : record;
            return new CasDecision.Write(base.touched().encode());
        }
        return new CasDecision.Done();
    }

    private boolean isIn(LeaseRecord record) {
        return record.queue().contains(claim.owner())
                || (before == null ? claim.in(record) : claim.foundIn(record)) != null;
    }

    @Override
    public void done(byte @Nullable [] current) {
        context.coordinator().remove(this);
        LeaseRecord left = context.decode(current);
        context.seeVacancy(
                context.withoutOwnGivenUp(left), context.coordinator().nanos());
        if (current != null && left.isUnused()) {
            context.coordinator().leftovers().add(context.key(), current, left);
        }
        future.complete(null);
    }

    @Override
    public void failed(@Nullable Throwable reason) {
        context.coordinator().remove(this);
        future.completeExceptionally(reason == null ? Coordinator.closedException() : reason);
    }
}
