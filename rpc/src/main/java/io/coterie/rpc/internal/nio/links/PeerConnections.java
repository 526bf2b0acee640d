package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake asks of the node's connections, and tells them. Only to be called on the loop.
 */
interface PeerConnections {
    /** The connection in use for a peer, or null. */
    @Nullable
    Connection to(NodeId peer);

    /** How many peers are connected. */
    int connected();

    /** The peer wants to be dialed, if it is to be: it is there. */
    void hurry(NodeId peer);

    /** A connection has come through its handshake. */
    void onHandshakeDone(Connection connection);

    /** An attempt to dial brought a connection. */
    void onDialed(NodeId peer);

    /** A peer was reached, and refused the connection, or was refused. */
    void onRefused(Connection connection, NodeId dialed, Refusal refusal);

    /** Sends over a connection from now on. The first one, if there is one, is read to its end. */
    void use(Connection connection, NodeId peer, @Nullable Connection first);

    /**
     * Reads a new connection to its end, and goes on with the first: the other end has used it, and
     * will hear so.
     */
    void drain(Connection newcomer, Connection first);

    /** Ends a connection for a reason that is not this end's wish. */
    void fail(Connection connection, String reason, boolean wrongBytes);

    /** Closes a connection, and says so to nobody. */
    void discard(Connection connection);
}
