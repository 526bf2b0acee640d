package io.coterie.rpc.internal.events;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.lang.invoke.MethodHandles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits events of flight recordings. A runtime without the module {@code jdk.jfr} has none. */
public final class FlightEvents {
    private static final Logger log = LoggerFactory.getLogger(FlightEvents.class);

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
                lookup.ensureInitialized(ConnectionEvent.class);
                lookup.ensureInitialized(CallEvent.class);
                lookup.ensureInitialized(RetryEvent.class);
                lookup.ensureInitialized(OverloadEvent.class);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("the events are of this package", e);
            }
        }
    }

    public static void opened(NodeId peer) {
        if (AVAILABLE) {
            ConnectionEvent.opened(peer);
        }
    }

    public static void lost(NodeId peer, String reason) {
        if (AVAILABLE) {
            ConnectionEvent.lost(peer, reason);
        }
    }

    public static void retry(NodeId peer, String method, RpcException failure, long waitNanos) {
        if (AVAILABLE) {
            RetryEvent.emit(peer, method, failure, waitNanos);
        }
    }

    /** This node refused a call of its own. */
    public static void refusedHere(NodeId peer, String reason) {
        if (AVAILABLE) {
            OverloadEvent.emit(peer, OverloadEvent.CALLER, reason);
        }
    }

    /** This node refused a request. */
    public static void refused(NodeId caller, String reason) {
        if (AVAILABLE) {
            OverloadEvent.emit(caller, OverloadEvent.SERVER, reason);
        }
    }

    /** Whether a recording wants calls. */
    public static boolean wantCalls() {
        return AVAILABLE && CallEvent.isOn();
    }

    private static boolean isThere() {
        try {
            Class.forName("jdk.jfr.Event", false, ClassLoader.getPlatformClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            log.info("this Java runtime has no module jdk.jfr: flight recordings cannot show this process's calls and"
                    + " connections; all else works. Add the module to the runtime image if you want them");
            return false;
        }
    }
}
