package io.coterie.failuredetector.internal.events;

import io.coterie.rpc.node.NodeId;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The opinion of a peer has changed. */
@Name("io.coterie.failuredetector.Opinion")
@Label("Opinion of a Peer")
@Description("A peer was suspected, taken for down, or is up again")
@Category("Coterie")
@StackTrace(false)
final class OpinionEvent extends Event {
    @Label("Peer")
    @Nullable
    String peer;

    @Label("Before")
    @Nullable
    String before;

    @Label("Now")
    @Nullable
    String now;

    @Label("Reason")
    @Nullable
    String reason;

    @Label("Held")
    @Description("For how long the opinion before was held")
    @Timespan(Timespan.NANOSECONDS)
    long held;

    @Label("Silence")
    @Description("The time since the last message of the peer")
    @Timespan(Timespan.NANOSECONDS)
    long silence;

    static void emit(NodeId peer, String before, String now, String reason, long heldNanos, long silenceNanos) {
        OpinionEvent event = new OpinionEvent();
        if (event.isEnabled()) {
            event.peer = peer.toString();
            event.before = before;
            event.now = now;
            event.reason = reason;
            event.held = heldNanos;
            event.silence = silenceNanos;
            event.commit();
        }
    }
}
