package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.Floor;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One caller's acquisition of a lease. It takes a free place, or that of a holder whose beat has
 * stood still for too long. Where several wait, they take turns.
 */
final class Acquisition implements CasLoop.Decider, CasLoop.End {
    private final LeaseContext context;
    private final Coordinator coordinator;
    private final LeaseClaim claim;
    private final WaitPolicy policy;
    private final boolean waits;
    private CasLoop loop;
    private boolean queued;

    /**
     * Whether it may have made the record: the token that it has then is not known to be above the
     * floor.
     */
    private boolean made;

    /** The era of the record for which the floor was read; null if it was not. */
    private @Nullable OwnerId flooredEra;

    /** The era for which the next reading of the floor counts. */
    private @Nullable OwnerId eraOfFloor;

    private long floor;
    private final CompletableFuture<Optional<Lease>> future = new CompletableFuture<>();
    private CompletableFuture<@Nullable Void> released = CompletableFuture.completedFuture(null);

    Acquisition(LeaseContext context, WaitPolicy policy) {
        this.context = context;
        this.coordinator = context.coordinator();
        this.claim = new LeaseClaim(coordinator, context.durationNanos());
        this.policy = policy;
        this.waits = policy.waitLeft(coordinator.nanos()) > 0;
        this.loop = newLoop();
    }

    CompletableFuture<Optional<Lease>> start() {
        coordinator.add(this, this::close);
        coordinator.waits(claim.owner());
        coordinator.leftovers().keep(context.key());
        coordinator.sweep().used();
        loop.start();
        var unused = future.whenComplete((lease, error) -> {
            if (future.isCancelled()) {
                abandon();
            }
        });
        return future;
    }

    @Override
    public CasDecision next(byte @Nullable [] current) {
        LeaseRecord record = context.decode(current);
        long now = coordinator.nanos();
        LeaseEntry own = claim.foundIn(record);
        if (own != null) {
            return next(record, own);
        }
        LeaseRecord kept = context.withoutOwnGivenUp(context.withoutGivenUp(record, now));
        if (kept.room() > 0 && mayTake(kept, now)) {
            return current == null ? make(kept) : take(kept);
        }
        if (mayQueue(kept, now)) {
            queued = true;
            return new CasDecision.Write(kept.withWaiter(claim.owner()).encode());
        }
        return new CasDecision.Wait(
                Math.min(context.untilTurn(kept, claim.owner(), now), context.untilOneIsGivenUp(record, now)));
    }

    /**
     * Whether it waits without a place in the queue, and one is left that none at this node came
     * for earlier.
     */
    private boolean mayQueue(LeaseRecord record, long now) {
        OwnerId owner = claim.owner();
        if (record.queue().contains(owner)) {
            coordinator.unqueued().leave(context.key(), owner);
            return false;
        }
        return policy.waitLeft(now) > 0
                && coordinator.unqueued().isAmongFirst(context.key(), owner, record.roomToWait(owner.origin()));
    }

    /** Decides about a record that has an entry of this acquisition. */
    private CasDecision next(LeaseRecord record, LeaseEntry own) {
        if (!claim.isFresh(own)) {
            return new CasDecision.Write(
                    record.with(claim.nextBeat(own.token())).encode());
        } else if (isAboveFloor(record, own)) {
            return new CasDecision.Done();
        } else if (lacksFloor(record)) {
            return new CasDecision.ReadOther(Floor.KEY);
        }
        LeaseEntry higher = claim.nextBeat(coordinator.rules().nextToken(record, floor));
        return new CasDecision.Write(record.with(higher).aboveFloor().encode());
    }

    /**
     * Others may have made and removed the record since it was found absent. The floor, read once
     * this one is there, covers that.
     */
    private CasDecision make(LeaseRecord absent) {
        made = true;
        long token = coordinator.rules().nextToken(absent, coordinator.floor().known());
        LeaseRecord record = absent.madeAs(coordinator.nextOwner());
        return new CasDecision.Write(record.with(claim.nextBeat(token)).encode());
    }

    private CasDecision take(LeaseRecord record) {
        boolean needsFloor = coordinator.rules().needsFloor(record.isAboveFloor());
        if (needsFloor && lacksFloor(record)) {
            return new CasDecision.ReadOther(Floor.KEY);
        }
        LeaseEntry entry = claim.nextBeat(coordinator.rules().nextToken(record, needsFloor ? floor : 0));
        return new CasDecision.Write(
                record.withoutFirst(passedOver(record)).with(entry).aboveFloor().encode());
    }

    @Override
    public void otherIs(byte @Nullable [] value) {
        floor = coordinator.floor().read(value);
        flooredEra = eraOfFloor;
    }

    private boolean lacksFloor(LeaseRecord record) {
        eraOfFloor = record.era();
        return !record.era().equals(flooredEra);
    }

    private boolean isAboveFloor(LeaseRecord record, LeaseEntry own) {
        boolean needsFloor = coordinator.rules().needsFloor(record.isAboveFloor() && !made);
        return !needsFloor || (!lacksFloor(record) && own.token() > floor);
    }

    /**
     * An acquisition that does not wait has no place in the queue, and takes what is free, unless
     * this node has just left it to others.
     */
    private boolean mayTake(LeaseRecord record, long now) {
        return waits ? context.untilTurn(record, claim.owner(), now) <= 0 : !context.leavesPlaceToOthers(record, now);
    }

    /** How many in the queue have let their turns go by. */
    private int passedOver(LeaseRecord record) {
        int before = record.waitersBefore(claim.owner());
        return waits && before >= record.room() ? before : 0;
    }

    @Override
    public void done(byte @Nullable [] current) {
        LeaseRecord record = context.decode(current);
        LeaseEntry own = claim.in(record);
        if (own == null || !claim.isFresh(own) || !isAboveFloor(record, own)) {
            loop = newLoop();
            loop.startFrom(current);
            return;
        }
        waitsNoMore();
        HeldLease lease = new HeldLease(context, claim, own, current);
        lease.start();
        if (!future.complete(Optional.of(lease))) {
            var unused = lease.release();
        }
    }

    @Override
    public void failed(@Nullable Throwable reason) {
        abandon();
        if (reason == null) {
            future.complete(Optional.empty());
        } else {
            future.completeExceptionally(reason);
        }
    }

    private CompletableFuture<?> close() {
        abandon();
        future.completeExceptionally(Coordinator.closedException());
        return released;
    }

    private CasLoop newLoop() {
        return new CasLoop(coordinator.cas(), context.key(), policy, this, this);
    }

    /**
     * Nobody waits now. What was sent may make this a holder yet, of whom nobody knows: that is
     * undone.
     */
    private void abandon() {
        waitsNoMore();
        loop.cancel();
        if (queued || claim.hasBeaten()) {
            released = new LeaseRelease(context, claim, loop).start(null);
        }
    }

    private void waitsNoMore() {
        coordinator.remove(this);
        coordinator.waitsNoMore(claim.owner());
        coordinator.unqueued().leave(context.key(), claim.owner());
    }
}
