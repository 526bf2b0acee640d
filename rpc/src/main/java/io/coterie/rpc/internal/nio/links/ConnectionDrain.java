package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that another one has replaced, because both ends dialed at once. Each is read to its
 * end, so that no message on its way is lost. The end that knows first sends GOAWAY and nothing
 * after it. The other end sends all that it still has to send, and then its own GOAWAY. The first
 * end then closes the connection. So both ends know whether everything has arrived. The close of a
 * connection alone does not show what was read of it.
 */
final class ConnectionDrain {
    private final Map<Connection, Drain> drains = new HashMap<>();

    private static final class Drain {
        final Connection successor;
        boolean sent;
        boolean received;

        Drain(Connection successor) {
            this.successor = successor;
        }
    }

    /**
     * Takes a connection out of use.
     *
     * @param sure whether this end knows that the other uses the successor, or will use it; one of
     *     the two ends knows
     */
    void begin(Connection connection, Connection successor, boolean sure) {
        drains.put(connection, new Drain(successor));
        connection.drain();
        if (sure) {
            sendGoAway(connection);
        }
    }

    /**
     * The other end will send nothing more. Returns whether this end can close the connection, as
     * the other end waits for that.
     */
    boolean onGoAway(Connection connection) {
        Drain drain = drains.get(connection);
        if (drain == null || drain.sent) {
            return true;
        }
        drain.received = true;
        sendGoAway(connection);
        return false;
    }

    /**
     * Whether everything has arrived at both ends, now that the other end has closed the
     * connection.
     */
    boolean isComplete(Connection connection) {
        Drain drain = drains.get(connection);
        return drain != null && drain.received;
    }

    /** The connection is closed. Returns the one that replaced it, or null if none did. */
    @Nullable
    Connection end(Connection connection) {
        Drain drain = drains.remove(connection);
        return drain == null ? null : drain.successor;
    }

    private void sendGoAway(Connection connection) {
        Drain drain = drains.get(connection);
        if (drain != null) {
            drain.sent = true;
            connection.send(Frame.GOAWAY);
        }
    }
}
