package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose place another has taken, because both ends dialed at once. Each is read to its end, so that nothing is lost
 * that was on its way. The end that knows first says LAST and nothing after it; the other answers with its own LAST, after all
 * that it had still to say; the first then closes. So both know at the end that everything has arrived, or else that it may
 * not: the end of a connection does not say by itself what was read of it.
 */
final class Handovers {
    private final Map<Connection, Handover> underWay = new HashMap<>();

    private static final class Handover {
        final Connection successor;
        boolean said;
        boolean heard;

        Handover(Connection successor) {
            this.successor = successor;
        }
    }

    /**
     * Takes a connection out of use.
     *
     * @param sure whether this end knows that the other uses the successor, or will: one of the two ends is
     */
    void begin(Connection connection, Connection successor, boolean sure) {
        underWay.put(connection, new Handover(successor));
        connection.drain();
        if (sure) {
            sayLast(connection);
        }
    }

    /** The other end will say nothing more. Returns whether the connection can be closed: the other end waits for that. */
    boolean onLast(Connection connection) {
        Handover handover = underWay.get(connection);
        if (handover == null || handover.said) {
            return true;
        }
        handover.heard = true;
        sayLast(connection);
        return false;
    }

    /** Whether all has arrived at both ends, now that the other one has closed the connection. */
    boolean isComplete(Connection connection) {
        Handover handover = underWay.get(connection);
        return handover != null && handover.heard;
    }

    /** The connection is gone. Returns the one that took its place, or null if none did. */
    @Nullable
    Connection end(Connection connection) {
        Handover handover = underWay.remove(connection);
        return handover == null ? null : handover.successor;
    }

    private void sayLast(Connection connection) {
        Handover handover = underWay.get(connection);
        if (handover != null) {
            handover.said = true;
            connection.send(Frame.LAST);
        }
    }
}
