package io.coterie.failuredetector.internal.events;

import io.coterie.rpc.node.NodeId;
import java.lang.invoke.MethodHandles;

/** Emits events of flight recordings. A runtime without the module {@code jdk.jfr} has none. */
public final class FlightEvents {
    private static final boolean AVAILABLE = isThere();

    private FlightEvents() {}

    /**
     * Registers the events. The first registration in a process makes the platform load many
     * classes, which takes seconds on a busy machine: no loop must wait for that.
     */
    public static void register() {
        if (AVAILABLE) {
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                lookup.ensureInitialized(OpinionEvent.class);
                lookup.ensureInitialized(OwnPauseEvent.class);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("the events are of this package", e);
            }
        }
    }

    /**
     * An opinion of a peer has changed.
     *
     * @param heldNanos for how long the opinion before was held
     * @param silenceNanos the time since the last message of the peer
     */
    public static void opinion(
            NodeId peer, String before, String now, String reason, long heldNanos, long silenceNanos) {
        if (AVAILABLE) {
            OpinionEvent.emit(peer, before, now, reason, heldNanos, silenceNanos);
        }
    }

    /** This process was paused. */
    public static void paused(long nanos, String sign) {
        if (AVAILABLE) {
            OwnPauseEvent.emit(nanos, sign);
        }
    }

    private static boolean isThere() {
        try {
            Class.forName("jdk.jfr.Event", false, ClassLoader.getPlatformClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            // The calls of this process have no events then either, and log that.
            return false;
        }
    }
}
