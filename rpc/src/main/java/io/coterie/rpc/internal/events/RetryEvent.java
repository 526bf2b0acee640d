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
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** An attempt failed, and another will follow. */
@Name("io.coterie.rpc.Retry")
@Label("Retry")
@Description("An attempt of a call failed, and another will follow")
@Category("Coterie")
@StackTrace(false)
@Enabled(false)
final class RetryEvent extends Event {
    @Label("Peer")
    @Nullable
    String peer;

    @Label("Method")
    @Nullable
    String method;

    @Label("Reason")
    @Description("The simple name of the exception that the attempt ended with")
    @Nullable
    String reason;

    @Label("Wait")
    @Timespan(Timespan.NANOSECONDS)
    long wait;

    static void emit(NodeId peer, String method, RpcException failure, long waitNanos) {
        RetryEvent event = new RetryEvent();
        if (event.isEnabled()) {
            event.peer = peer.toString();
            event.method = method;
            event.reason = failure.getClass().getSimpleName();
            event.wait = waitNanos;
            event.commit();
        }
    }
}
