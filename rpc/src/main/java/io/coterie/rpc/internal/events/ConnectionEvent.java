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

/** A connection to a peer was opened or lost. */
@Name("io.coterie.rpc.Connection")
@Label("Connection")
@Description("A connection to a peer was opened or lost")
@Category("Coterie")
@StackTrace(false)
@Enabled(false)
final class ConnectionEvent extends Event {
    @Label("Peer")
    @Nullable
    String peer;

    @Label("Event")
    @Description("opened or lost")
    @Nullable
    String what;

    @Label("Reason")
    @Description("Why it was lost")
    @Nullable
    String reason;

    static void opened(NodeId peer) {
        emit(peer, "opened", null);
    }

    static void lost(NodeId peer, String reason) {
        emit(peer, "lost", reason);
    }

    private static void emit(NodeId peer, String what, @Nullable String reason) {
        ConnectionEvent event = new ConnectionEvent();
        if (event.isEnabled()) {
            event.peer = peer.toString();
            event.what = what;
            event.reason = reason;
            event.commit();
        }
    }
}
