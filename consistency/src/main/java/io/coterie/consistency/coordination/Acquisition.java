package io.coterie.consistency.coordination;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One caller's way to a lease: takes a free place, or that of a holder who was seen to stand still for too long. */
final class Acquisition implements Attempt.Decision, Attempt.End {
    private final LeaseRegister register;
    private final Coordinator coordinator;
    private final Holding holding;
    private final Patience patience;
    private Attempt attempt;
    private final CompletableFuture<Optional<Lease>> future = new CompletableFuture<>();
    private CompletableFuture<@Nullable Void> departed = CompletableFuture.completedFuture(null);

    Acquisition(LeaseRegister register, Patience patience) {
        this.register = register;
        this.coordinator = register.coordinator();
        this.holding = new Holding(coordinator, register.durationNanos());
        this.patience = patience;
        this.attempt = newAttempt();
    }

    CompletableFuture<Optional<Lease>> start() {
        coordinator.add(this, this::close);
        attempt.start();
        var unused = future.whenComplete((lease, error) -> {
            if (future.isCancelled()) {
                abandon();
            }
        });
        return future;
    }

    @Override
    public Step next(byte @Nullable [] current) {
        LeaseRecord record = register.decode(current);
        long now = coordinator.nanos();
        Hold own = holding.foundIn(record);
        if (own != null) {
            return holding.isFresh(own)
                    ? new Step.Done()
                    : new Step.Write(record.with(holding.nextBeat(own.token())).encode());
        }
        LeaseRecord kept = register.withoutGivenUp(record, now);
        if (kept.hasRoom()) {
            Hold hold = holding.nextBeat(coordinator.rules().nextToken(record));
            return new Step.Write(kept.with(hold).encode());
        }
        return new Step.Wait(register.untilOneIsGivenUp(record, now));
    }

    @Override
    public void done(byte @Nullable [] current) {
        Hold own = Objects.requireNonNull(holding.in(register.decode(current)));
        if (!holding.isFresh(own)) {
            attempt = newAttempt();
            attempt.startFrom(current);
            return;
        }
        coordinator.remove(this);
        Lease lease = new Lease(register, holding, own, current);
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
        return departed;
    }

    private Attempt newAttempt() {
        return new Attempt(coordinator, register.key(), patience, this, this);
    }

    /** Nobody waits any more. What was sent may make this a holder yet, of whom nobody knows: that is undone. */
    private void abandon() {
        coordinator.remove(this);
        attempt.cancel();
        if (holding.hasBeaten()) {
            departed = new Departure(register, holding, attempt).start(null);
        }
    }
}
