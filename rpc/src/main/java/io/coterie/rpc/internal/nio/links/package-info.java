/**
 * A node's connections to its peers, as a {@link io.coterie.rpc.spi.Transport}.
 *
 * <p><b>Words.</b> A <i>link</i> is what joins this node to one peer: at each time at most one
 * connection is in use for it. A peer is <i>dialed</i> if its address is configured here ({@link
 * Dialer}); any other may dial this node. A <i>handshake session</i> is a connection on its way
 * through the handshake; an <i>unauthenticated peer</i> is the other end of one that came in, until
 * it has proven who it is. A <i>rival</i> is a newcomer under a name that is in use. Where both
 * ends dialed at once, their two connections <i>collide</i>: one stays, and the other is
 * <i>drained</i>, which ends it without a loss.
 *
 * <p><b>Structure.</b> {@link TcpTransport} is the whole; {@link ConnectionManager} has the
 * connections in use, and offers {@link PeerConnections} to the handshake sessions. {@link
 * Keepalive} finds connections that were cut without a report. {@link ConnectionLog}, {@link
 * LogOnce} and {@link UnauthenticatedPeerLog} write the log, each fact once.
 *
 * <p><b>Promises.</b> The receiver is notified of each connect and each loss, in order. Whatever
 * unauthenticated peers do, they cost bounded memory, a bounded number of connections and a bounded
 * number of lines in the log.
 *
 * <p><b>Threads.</b> The loop alone, but for three things: the thread that starts the node calls
 * {@link TcpTransport#start}, {@link Resolver} looks up names on a thread of its own, and any
 * thread may ask why a peer is not connected.
 *
 * <p><b>Who may call.</b> The factories of {@code io.coterie.rpc} make a {@link TcpTransport}; the
 * rest is private to the room.
 */
package io.coterie.rpc.internal.nio.links;
