package io.coterie.coordination;

import java.time.Duration;

/**
 * Opens once, when as many participants have counted down as it was made for, and stays open.
 *
 * <p>What it gives, whatever clocks, pauses, crashes and the network do: each participant counts
 * once, however often it tries, also from another node or after a restart. Nobody sees the latch
 * open before all have counted down, and after one has, everybody does. It rests on no clock.
 *
 * <p>A latch cannot be closed again: take another name for the next round, and {@link #delete} the
 * latch that is over. Nothing else removes its record, which has a few bytes once the latch is
 * open.
 *
 * <p>Cost: two round trips to a majority to count down. A caller who waits watches the record.
 * Where that is not possible, it looks again after random times, at most half a second apart, one
 * round trip each.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. A blocking call on the event loop
 * throws {@link IllegalStateException}.
 */
public interface Latch {
    /** The name given to {@link Coordination#latch}. */
    String name();

    /**
     * Counts a participant. Does nothing if it is counted already or the latch is open, so it may
     * be tried again after any error.
     *
     * @param participant 1 to 200 characters, different for each that is to count: the name of a
     *     node, say, or of a task
     * @return how many are missing afterwards
     * @throws IllegalArgumentException if the participant has no such name
     * @throws IllegalStateException if the latch was made with another count
     * @throws io.coterie.rpc.error.CoterieException if too few replicas answered; {@link
     *     io.coterie.rpc.error.CoterieException#maybeExecuted()} says whether the participant may
     *     have been counted
     * @throws io.coterie.rpc.error.OverloadedException if this node holds, seeks, waits for or
     *     releases 10,000 leases and latches already, or has as many calls of coordination in
     *     flight as {@link io.coterie.CoterieBuilder#maxOperations} allows
     */
    int countDown(String participant);

    /**
     * How many participants are missing; zero when the latch is open. Costs one round trip to a
     * majority.
     */
    int remaining();

    /**
     * Waits until the latch is open.
     *
     * @param wait how long to wait at most, 0 s or more; 0 s means one look. If too few
     *     replicas answer, the attempt continues for up to {@link
     *     io.coterie.CoterieBuilder#operationTimeout} beyond that
     * @return whether the latch is open
     * @throws IllegalArgumentException if the time is below zero
     * @throws IllegalStateException if the latch was made with another count
     * @throws io.coterie.rpc.error.OverloadedException as {@link #countDown} does
     */
    boolean await(Duration wait);

    /**
     * Removes the latch's record, so that the latch is closed and nobody is counted. Call this when
     * nobody counts down or waits any longer: a late call, such as a count-down that is tried
     * again, makes the latch anew.
     */
    void delete();

    /** The same latch for callers who do not wait. */
    AsyncLatch async();
}
