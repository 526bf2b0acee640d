package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose place another has taken, because both ends dialed at once. Each is read to its end, so that nothing is lost
 * that was on its way. The end that knows first says GOAWAY and nothing after it; the other answers with its own GOAWAY, after all
 * that it had still to say; the first then closes. So both know at the end that everything has arrived, or else that it may
 * not: the end of a connection does not say by itself what was read of it.
 */
final class ConnectionDrain {
    private final Map<Connection, Drain> drains = new HashMap<>();

    private static final class Drain {
        final Connection successor;
        boolean said;
        boolean heard;

        Drain(Connection successor) {
            this.successor = successor;
        }
    }

    /**
     * Takes a connection out of use.
     *
     * @param sure whether this end knows that the other uses the successor, or will: one of the two ends is
     */
    void begin(Connection connection, Connection successor, boolean sure) {
        drains.put(connection, new Drain(successor));
        connection.drain();
        if (sure) {
            sendGoAway(connection);
        }
    }

    /** The other end will say nothing more. Returns whether the connection can be closed: the other end waits for that. */
    boolean onGoAway(Connection connection) {
        Drain drain = drains.get(connection);
        if (drain == null || drain.said) {
            return true;
        }
        drain.heard = true;
        sendGoAway(connection);
        return false;
    }

    /** Whether all has arrived at both ends, now that the other one has closed the connection. */
    boolean isComplete(Connection connection) {
        Drain drain = drains.get(connection);
        return drain != null && drain.heard;
    }

    /** The connection is gone. Returns the one that took its place, or null if none did. */
    @Nullable
    Connection end(Connection connection) {
        Drain drain = drains.remove(connection);
        return drain == null ? null : drain.successor;
    }

    private void sendGoAway(Connection connection) {
        Drain drain = drains.get(connection);
        if (drain != null) {
            drain.said = true;
            connection.send(Frame.GOAWAY);
        }
    }
}
