package io.coterie.consistency.coordination;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a resource outside the cluster safe behind a lock: refuses whoever comes with a token below
 * the highest that it has admitted.
 *
 * <pre>{@code
 * if (!guard.admit(request.token())) {
 *     throw new StaleHolderException();
 * }
 * }</pre>
 *
 * <p>The check and the change that it admits must be one step of the resource: hold the resource's
 * own lock around both. What the guard has seen is in memory; a resource that outlives its process
 * must keep {@link #highest()} with its data and give it back at its next start. Otherwise safe for
 * use by any number of threads.
 */
public final class FencingGuard {
    private final AtomicLong highest;

    /** A guard that has admitted nobody yet. */
    public FencingGuard() {
        this(0);
    }

    /**
     * A guard that continues where another ended.
     *
     * @param highest the highest token admitted before; zero if none was
     */
    public FencingGuard(long highest) {
        if (highest < 0) {
            throw new IllegalArgumentException("highest token " + highest + " is below zero");
        }
        this.highest = new AtomicLong(highest);
    }

    /**
     * Whether this token is as high as any before it, which then becomes the bar for others.
     *
     * @param token one or more
     */
    public boolean admit(long token) {
        if (token < 1) {
            throw new IllegalArgumentException("token " + token + " is none that a lease has, which are 1 or more");
        }
        return highest.accumulateAndGet(token, Math::max) == token;
    }

    /** The highest token admitted so far; zero if none was. */
    public long highest() {
        return highest.get();
    }

    @Override
    public String toString() {
        return "fencing guard at " + highest;
    }
}
