package io.coterie;

import io.coterie.consistency.coordination.CountLatch;
import java.time.Duration;

/**
 * Opens once, when as many participants have counted down as it was made for, and stays open.
 *
 * <p>What it gives, whatever clocks, pauses, crashes and the network do: each participant counts once, however often it
 * tries, also from another node or after a restart; nobody sees it open before all have counted down, and after one has,
 * everybody does. It rests on no clock. There is no way to close it again: take another name for the next round, and
 * {@link #delete} the latch that is over. Nothing else removes its record, which has a few bytes once it is open.
 *
 * <p>Counting down costs two round trips to a majority. Who waits watches the record; where that is not possible, it looks
 * again after random times, at most half a second apart, one round trip each.
 */
public final class Latch {
    private final String name;
    private final CoordinationRunner runner;
    private final CountLatch latch;

    Latch(String name, CoordinationRunner runner, CountLatch latch) {
        this.name = name;
        this.runner = runner;
        this.latch = latch;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /**
     * Counts a participant. Does nothing if it is counted already or the latch is open, so it may be tried again after any
     * error.
     *
     * @param participant 1 to 200 characters, different for each that is to count: say the name of a node, or of a task
     * @return how many are missing afterwards
     * @throws IllegalStateException if the latch was made with another count
     * @throws io.coterie.rpc.CoterieException if too few replicas answered; whether it may have been counted is told by
     *     {@link io.coterie.rpc.CoterieException#maybeExecuted()}
     */
    public int countDown(String participant) {
        return runner.call(true, () -> latch.countDown(participant));
    }

    /** How many are missing; zero when it is open. */
    public int remaining() {
        return runner.call(false, latch::remaining);
    }

    /**
     * Waits until it is open.
     *
     * @param wait how long at most; zero means a look and no wait. Lack of answers is waited out for up to
     *     {@link CoterieBuilder#operationTimeout} longer
     * @return whether it is open
     */
    public boolean await(Duration wait) {
        return runner.call(wait, latch::await, opened -> {});
    }

    /**
     * Removes its record, so that it is closed and nobody is counted. To be called when nobody counts down or waits any more:
     * what comes late, such as a count-down that is tried again, makes it anew.
     */
    public void delete() {
        runner.call(true, latch::delete);
    }

    /** The same latch for callers who do not wait. */
    public AsyncLatch async() {
        return new AsyncLatch(name, runner, latch);
    }

    @Override
    public String toString() {
        return "latch " + name;
    }
}
