package io.coterie.consistency.coordination;

/**
 * Is notified how one candidate fares in an election: {@link #elected} and {@link #deposed}
 * by turns, once for each change, one call at a time and in this order. Runs on the node's executor
 * and may block: that holds up this listener only, unless all threads for leadership listeners are
 * held so. What it throws is logged.
 *
 * <p>It may be notified late. While {@link #elected} runs, the leadership may be over already: ask
 * {@link Lease#isValid()}, and send the token along.
 */
public interface LeadershipListener {
    /**
     * The candidate leads.
     *
     * @param lease what it leads by; releasing it resigns this time, and the candidate campaigns
     *     again
     */
    void elected(Lease lease);

    /** The candidate no longer leads: it resigned, or lost the lease. */
    void deposed();
}
