package io.coterie.rpc.internal.events;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A call of this node, from its first attempt to its end. */
@Name("io.coterie.rpc.Call")
@Label("Call")
@Description("A call of this node, from its first attempt to its end")
@Category("Coterie")
@StackTrace(false)
@Enabled(false)
public final class CallEvent extends Event {
    /** Asked whether the event is enabled, so that this costs no allocation. */
    private static final CallEvent PROBE = new CallEvent();

    @Label("Peer")
    @Nullable
    String peer;

    @Label("Method")
    @Nullable
    String method;

    @Label("Attempts")
    public int attempts;

    @Label("Outcome")
    @Description("answered, cancelled, or the simple name of the exception")
    @Nullable
    String outcome;

    /** Whether a recording wants such events. */
    static boolean isOn() {
        return PROBE.isEnabled();
    }

    public static CallEvent begun(NodeId peer, String method) {
        CallEvent event = new CallEvent();
        event.peer = peer.toString();
        event.method = method;
        event.begin();
        return event;
    }

    /**
     * Ends the event.
     *
     * @param how a text, or what was thrown
     */
    public void ended(Object how) {
        outcome = how instanceof RpcException thrown ? thrown.getClass().getSimpleName() : how.toString();
        commit();
    }
}
