package io.coterie.rpc.internal.client;

import io.coterie.rpc.RetryBudget;
import java.util.concurrent.TimeUnit;

/** One peer's token bucket: each first attempt puts a part of a token in, so does time, and each retry takes a whole one out. */
final class RetryTokens {
    /** Counted in billionths, which add up: ten times a tenth in floating point is less than one. */
    private static final long TOKEN = 1_000_000_000;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long perCall;
    private final long perNano;
    private final long most;
    private long tokens;
    private long refilledAt;

    /** A full bucket. */
    RetryTokens(RetryBudget budget, long now) {
        this.perCall = Math.round(budget.ratio() * TOKEN);
        this.perNano = budget.perSecond() * (TOKEN / SECOND);
        this.most = budget.burst() * TOKEN;
        this.tokens = most;
        this.refilledAt = now;
    }

    /** A first attempt is made. */
    void onCall() {
        tokens = Math.min(most, tokens + perCall);
    }

    /** Takes a token for a retry, if there is one. */
    boolean tryTake(long now) {
        // No longer than what fills it from empty, so that the product fits.
        long elapsed = Math.min(now - refilledAt, most / Math.max(1, perNano));
        refilledAt = now;
        tokens = Math.min(most, tokens + elapsed * perNano);
        if (tokens < TOKEN) {
            return false;
        }
        tokens -= TOKEN;
        return true;
    }
}
