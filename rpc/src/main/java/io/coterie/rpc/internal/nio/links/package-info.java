/**
 * A node's connections to its peers, as a {@link io.coterie.rpc.spi.Transport}.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>link</em>: what joins this node to one peer. At each time at most one connection is in
 *       use for it
 *   <li><em>dialed</em>: said of a peer whose address is configured here ({@link Dialer}); any
 *       other may dial this node
 *   <li><em>handshake session</em> ({@link HandshakeSession}): one connection during its handshake;
 *       {@link PendingHandshakes} has them all
 *   <li><em>unauthenticated peer</em>: the other end of a connection that came in, until it has
 *       proven who it is
 *   <li><em>rival</em>: a newcomer under a name that is in use
 *   <li><em>collide</em>: said of the two connections of ends that dialed each other at once. One
 *       stays, and the other is <em>drained</em>, which ends it without a loss
 * </ul>
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
