package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseEnd;
import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.rpc.spi.LoopFuture;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that this node got: renews it at a third of its duration until it is released or lost.
 *
 * <p>Its end counts from before a renewal was sent; others wait a tenth longer, from when they saw
 * the renewal. The node's loop alone changes what is known of the record. The validity is read, and
 * the release begun, by any thread.
 */
final class HeldLease implements Lease {
    private static final Logger log = LoggerFactory.getLogger(HeldLease.class);

    /**
     * A step that could not be done, for want of memory for example, is tried again after that part
     * of the duration.
     */
    private static final int PAUSES = 20;

    private final LeaseContext context;
    private final Coordinator coordinator;
    private final LeaseClaim claim;
    private final long token;
    private final Validity validity;

    /** When it is over even if it is renewed. */
    private final long heldUntil;

    private final CompletableFuture<LeaseEnd> ended;
    private final CompletableFuture<@Nullable Void> released;
    private volatile boolean releasing;

    /** The record as it was when it had the last beat that is known to be in it. */
    private byte[] known;

    private LeaseEntry own;
    private @Nullable CasLoop renewal;
    private final Repetition renewals;
    private final Repetition expiry;

    HeldLease(LeaseContext context, LeaseClaim claim, LeaseEntry own, byte @Nullable [] known) {
        this.context = context;
        this.coordinator = context.coordinator();
        this.ended = LoopFuture.on(coordinator.world());
        this.released = LoopFuture.on(coordinator.world());
        this.claim = claim;
        this.token = own.token();
        this.own = own;
        this.known = Objects.requireNonNull(known);
        this.heldUntil = coordinator.nanos() + context.maxHoldNanos();
        long pauseNanos = claim.durationNanos() / PAUSES;
        this.renewals = new Repetition(coordinator.world().scheduler(), pauseNanos, this::renew);
        this.expiry = new Repetition(coordinator.world().scheduler(), pauseNanos, this::awaitExpiry);
        this.validity = new Validity(coordinator.world().clock(), validUntil(own));
    }

    void start() {
        coordinator.add(this, this::release);
        awaitExpiry();
        awaitRenewal();
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    @Override
    public CompletableFuture<LeaseEnd> ended() {
        return ended.copy();
    }

    @Override
    public CompletableFuture<@Nullable Void> release() {
        releasing = true;
        validity.end();
        boolean taken = coordinator.world().scheduler().execute(this::end);
        if (!taken) {
            released.completeExceptionally(Coordinator.closedException());
        }
        return released.copy();
    }

    @Override
    public void close() {
        var unused = release();
    }

    @Override
    public String toString() {
        return "lease of " + context + " with token " + token + (ended.isDone() ? ", over" : "");
    }

    private long remainingNanos() {
        long left = validity.remainingNanos();
        if (left == 0 && !ended.isDone()) {
            coordinator.world().scheduler().execute(this::end);
        }
        return left;
    }

    private void awaitExpiry() {
        long left = validity.remainingNanos();
        if (left == 0) {
            end();
        } else {
            expiry.in(coordinator.rules().lookAfter(left));
        }
    }

    private void awaitRenewal() {
        if (heldUntil - claim.validUntil(own) <= 0) {
            return;
        }
        long early = validity.remainingNanos() - claim.durationNanos() * 2 / 3;
        renewals.in(Math.max(early, 0));
    }

    private void renew() {
        long left = validity.remainingNanos();
        if (left == 0) {
            end();
            return;
        }
        WaitPolicy policy = context.until(coordinator.nanos() + left);
        CasLoop loop = new CasLoop(coordinator.cas(), context.key(), policy, this::nextBeat, new CasLoop.End() {
            @Override
            public void done(byte @Nullable [] current) {
                renewed(current);
            }

            @Override
            public void failed(@Nullable Throwable reason) {
                log.debug("{} could not be renewed", HeldLease.this, reason);
            }
        });
        renewal = loop;
        loop.startFrom(known);
    }

    private long validUntil(LeaseEntry entry) {
        long until = claim.validUntil(entry);
        return until - heldUntil < 0 ? until : heldUntil;
    }

    private CasDecision nextBeat(byte @Nullable [] current) {
        LeaseRecord record = context.decode(current);
        LeaseEntry found = claim.in(record);
        if (found == null || found.beat() > own.beat()) {
            return new CasDecision.Done();
        }
        return new CasDecision.Write(
                record.with(claim.nextBeat(token)).aboveFloor().encode());
    }

    private void renewed(byte @Nullable [] current) {
        LeaseEntry found = claim.in(context.decode(current));
        if (found == null) {
            validity.end();
            end();
            return;
        }
        own = found;
        known = Objects.requireNonNull(current);
        claim.forgetBelow(found);
        if (validity.extend(validUntil(found))) {
            awaitRenewal();
        } else {
            end();
        }
    }

    /** It is over: by its time, because it was taken over, or because it was released. */
    private void end() {
        if (ended.isDone()) {
            return;
        }
        cancel();
        coordinator.remove(this);
        if (!releasing && coordinator.nanos() - heldUntil >= 0) {
            log.warn(
                    "{} was held for longer than heldAtMost allows, and is released now: find out why its holder did not"
                            + " release it",
                    this);
        }
        CompletableFuture<@Nullable Void> release = new LeaseRelease(context, claim, null).start(known);
        var unused = release.whenComplete((nothing, error) -> {
            if (error == null) {
                released.complete(null);
            } else {
                released.completeExceptionally(error);
            }
        });
        ended.complete(releasing ? LeaseEnd.RELEASED : LeaseEnd.LOST);
    }

    private void cancel() {
        if (renewal != null) {
            renewal.cancel();
        }
        renewals.cancel();
        expiry.cancel();
    }
}
