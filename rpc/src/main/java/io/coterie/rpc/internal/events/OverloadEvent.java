package io.coterie.rpc.internal.events;

import io.coterie.rpc.node.NodeId;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** Work was refused because a bound was reached. */
@Name("io.coterie.rpc.Overload")
@Label("Overload")
@Description("A call or a request was refused because a bound was reached")
@Category("Coterie")
@StackTrace(false)
@Enabled(false)
final class OverloadEvent extends Event {
    /** This node called. */
    static final String CALLER = "caller";

    /** This node was called. */
    static final String SERVER = "server";

    @Label("Peer")
    @Nullable
    String peer;

    @Label("Side")
    @Description("caller where this node did not send a call, server where it did not take a request")
    @Nullable
    String side;

    @Label("Reason")
    @Nullable
    String reason;

    static void emit(NodeId peer, String side, String reason) {
        OverloadEvent event = new OverloadEvent();
        if (event.isEnabled()) {
            event.peer = peer.toString();
            event.side = side;
            event.reason = reason;
            event.commit();
        }
    }
}
