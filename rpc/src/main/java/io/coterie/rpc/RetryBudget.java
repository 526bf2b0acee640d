package io.coterie.rpc;

/**
 * How many retries a node may add to the load of each of its peers: a token bucket for each (as in Finagle and gRPC). A first
 * attempt adds {@code ratio} of a token, a second of time {@code perSecond} tokens, and a retry that the peer has to carry takes
 * one; the bucket starts full. A call that finds it empty ends with its last failure instead of trying again.
 *
 * <p>Without it, callers that try three times treble the load of a peer just when it cannot carry the load it has, and keep it
 * down after the cause is gone. What was not sent at all, because the peer is not connected, costs no token.
 *
 * @param ratio the retries allowed for each first attempt in the long run, 0 to 10. Default 0.1: a peer that fails everything
 *     gets a tenth more than its usual load, which a service that is to stay up must have to spare anyway
 * @param perSecond the retries allowed for each second, 0 to 1,000,000. Default 10: so that a node that calls rarely can try
 *     again at all
 */
public record RetryBudget(double ratio, int perSecond) {
    private static final int BURST_SECONDS = 10;
    private static final RetryBudget STANDARD = new RetryBudget(0.1, 10);
    private static final RetryBudget UNLIMITED = new RetryBudget(10, 1_000_000);

    /** Checks the numbers. */
    public RetryBudget {
        if (!(ratio >= 0 && ratio <= 10)) {
            throw new IllegalArgumentException("ratio " + ratio + " is not within 0 to 10");
        }
        if (perSecond < 0 || perSecond > 1_000_000) {
            throw new IllegalArgumentException("perSecond " + perSecond + " is not within 0 to 1000000");
        }
    }

    /** A retry for every ten calls, and ten a second. */
    public static RetryBudget standard() {
        return STANDARD;
    }

    /** So large that it does not matter: only deadlines and policies bound retries. */
    public static RetryBudget unlimited() {
        return UNLIMITED;
    }

    /** How many tokens the bucket holds: what ten seconds bring, and one at least. */
    public int burst() {
        return Math.max(1, perSecond * BURST_SECONDS);
    }
}
