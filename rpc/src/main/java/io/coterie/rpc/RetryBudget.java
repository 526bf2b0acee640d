package io.coterie.rpc;

/**
 * How many retries a node may add to the load of each of its peers: a token bucket for each peer,
 * as in Finagle and gRPC. The bucket starts full. A first attempt adds {@code ratio} of a token,
 * and a second of time adds {@code perSecond} tokens. A retry that the peer has to carry takes one
 * token; one to a peer that is not connected takes none. A call that finds the bucket empty ends
 * with its last failure.
 *
 * <p>Without a budget, callers that try three times treble the load of a peer just when it cannot
 * carry its load, and keep it overloaded after the cause is gone.
 *
 * @param ratio the retries allowed for each first attempt in the long run, 0 to 10. Standard: 0.1,
 *     so a peer that fails everything gets a tenth more than its usual load, which a service needs
 *     to have in reserve anyway
 * @param perSecond the retries allowed for each second, 0 to 1,000,000. Standard: 10, so that a
 *     node that calls rarely can try again at all
 */
public record RetryBudget(double ratio, int perSecond) {
    private static final int BURST_SECONDS = 10;
    private static final RetryBudget STANDARD = new RetryBudget(0.1, 10);
    private static final RetryBudget UNLIMITED = new RetryBudget(10, 1_000_000);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public RetryBudget {
        if (!(ratio >= 0 && ratio <= 10)) {
            throw new IllegalArgumentException("ratio " + ratio + " is not within 0 to 10");
        }
        if (perSecond < 0 || perSecond > 1_000_000) {
            throw new IllegalArgumentException("perSecond " + perSecond + " is not within 0 to 1000000");
        }
    }

    /** One retry for every ten calls, and ten a second. */
    public static RetryBudget standard() {
        return STANDARD;
    }

    /** So large that it does not matter: only deadlines and policies bound retries. */
    public static RetryBudget unlimited() {
        return UNLIMITED;
    }

    /** How many tokens the bucket holds: what ten seconds add, and at least one. */
    public int burst() {
        return Math.max(1, perSecond * BURST_SECONDS);
    }
}
