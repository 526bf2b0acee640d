package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/**
 * A time in which this process did not run, as its {@link FailureDetector} noticed it.
 *
 * @param length at least so long; it may have been longer by one heartbeat interval
 * @param sign what it was noticed by
 */
public record OwnPause(Duration length, Sign sign) {
    /** What shows a pause. */
    public enum Sign {
        /**
         * A timer of the node's loop ran late. The process was stopped, collected garbage, got no
         * processor, or something blocked the loop.
         */
        LATE_TIMER,

        /**
         * The wall clock ran on while the steady clock stood. The machine was suspended, or somebody
         * has set its clock forward. Nothing shows which of the two it was.
         */
        WALL_CLOCK
    }

    @Override
    public String toString() {
        return switch (sign) {
            case LATE_TIMER -> "this process was paused for " + Durations.text(length);
            case WALL_CLOCK ->
                "the wall clock ran on by " + Durations.text(length)
                        + " while the steady clock stood: the machine was suspended, or its clock was set";
        };
    }
}
