package io.coterie.rpc.internal.client;

import io.coterie.rpc.RetryBudget;
import java.util.concurrent.TimeUnit;

/**
 * One peer's token bucket. Each first attempt adds a part of a token, time adds tokens, and each
 * retry takes one.
 */
final class RetryTokens {
    /**
     * Tokens are counted in billionths, because in floating point ten times a tenth is less than
     * one.
     */
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
        // At most the time that fills the bucket, so that the product does not overflow.
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
