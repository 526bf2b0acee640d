package io.coterie.consistency.coordination;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads who has leases. */
record Look(LeaseContext context, Patience patience, CompletableFuture<List<Holder>> future)
        implements Attempt.Decision, Attempt.End {
    void start() {
        new Attempt(context.coordinator(), context.key(), patience, this, this).start();
    }

    @Override
    public Step next(byte @Nullable [] current) {
        return new Step.Done();
    }

    @Override
    public void done(byte @Nullable [] current) {
        try {
            future.complete(context.decode(current).holds().stream()
                    .map(hold -> new Holder(hold.name(), hold.token()))
                    .toList());
        } catch (IllegalStateException e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    public void failed(@Nullable Throwable reason) {
        future.completeExceptionally(Objects.requireNonNull(reason));
    }
}
