package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.coordination.LeaseHolder;
import io.coterie.consistency.internal.coordination.cas.CasDecision;
import io.coterie.consistency.internal.coordination.cas.CasLoop;
import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads who has leases. */
record HolderQuery(LeaseContext context, WaitPolicy policy, CompletableFuture<List<LeaseHolder>> future)
        implements CasLoop.Decider, CasLoop.End {
    void start() {
        new CasLoop(context.coordinator().cas(), context.key(), policy, this, this).start();
    }

    @Override
    public CasDecision next(byte @Nullable [] current) {
        return new CasDecision.Done();
    }

    @Override
    public void done(byte @Nullable [] current) {
        try {
            future.complete(context.decode(current).entries().stream()
                    .map(entry -> new LeaseHolder(entry.name(), entry.token()))
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
