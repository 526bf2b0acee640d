package io.coterie.rpc.internal;

import io.coterie.rpc.RetryBudget;
import java.util.concurrent.TimeUnit;

/** One peer's token bucket: each first attempt puts a part of a token in, so does time, and each retry takes a whole one out. */
final class RetryTokens {
    private final RetryBudget budget;
    private final double most;
    private double tokens;
    private long refilledAt;

    /** A full bucket. */
    RetryTokens(RetryBudget budget, long now) {
        this.budget = budget;
        this.most = budget.burst();
        this.tokens = most;
        this.refilledAt = now;
    }

    /** A first attempt is made. */
    void onCall() {
        tokens = Math.min(most, tokens + budget.ratio());
    }

    /** Takes a token for a retry, if there is one. */
    boolean tryTake(long now) {
        double seconds = (now - refilledAt) / (double) TimeUnit.SECONDS.toNanos(1);
        refilledAt = now;
        tokens = Math.min(most, tokens + seconds * budget.perSecond());
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
