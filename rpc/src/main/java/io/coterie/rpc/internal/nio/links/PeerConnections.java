package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake needs of the node's connections. Called on the loop only.
 */
interface PeerConnections {
    /** The connection in use for a peer, or null. */
    @Nullable
    Connection to(NodeId peer);

    /** How many peers are connected. */
    int connected();

    /** Dials the peer now, if this node dials it: it is reachable. */
    void hurry(NodeId peer);

    /** A connection has completed its handshake. */
    void onHandshakeDone(Connection connection);

    /** An attempt to dial has succeeded. */
    void onDialed(NodeId peer);

    /** This node did not know whom it dialed, and knows it now: the connection can be used. */
    void onFound(Connection connection, NodeId peer);

    /**
     * A peer was reached, but one of the two ends refused the connection.
     *
     * @param dialed null if this node did not know whom it dialed
     */
    void onRefused(Connection connection, @Nullable NodeId dialed, Refusal refusal);

    /** Uses a connection from now on. The first one, if there is one, is read to its end. */
    void use(Connection connection, NodeId peer, @Nullable Connection first);

    /**
     * Reads a new connection to its end, and keeps the first in use: the other end may have used
     * the new one, and will be notified.
     */
    void drain(Connection newcomer, Connection first);

    /** Ends a connection because of a failure. */
    void fail(Connection connection, String reason, boolean wrongBytes);

    /** Closes a connection without a report. */
    void discard(Connection connection);
}
