/**
 * TLS between a connection and its socket.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>engine</em>: the JDK's state machine of one TLS connection ({@link
 *       javax.net.ssl.SSLEngine})
 *   <li><em>record</em>: the unit of TLS on the wire
 *   <li><em>binding</em> of a channel: a hash of the certificate that the accepting end shows. The
 *       proofs of {@code handshake} cover it, so that nobody in between can end TLS and begin it
 *       anew
 * </ul>
 *
 * <p><b>Structure.</b> {@link TlsWire} is the {@link io.coterie.rpc.internal.nio.connection.Wire}
 * of one connection; {@link TlsInput} and {@link TlsOutput} are its two directions,
 * {@link PacketPool} their memory. {@link TlsEngines} makes engines; {@link TlsProbe} plays a
 * handshake in memory before the first connection, to find out what a user's context lacks.
 * {@link CertificateNames} reads whom a certificate is for. {@link TlsFailure} turns an engine's
 * exception into words that help.
 *
 * <p><b>Threads.</b> The loop, except for what takes long: {@link TlsEngines} asks for the user's
 * context and does the arithmetic of handshakes on threads of its own. While an engine works
 * there, its wire is busy and the loop leaves it alone.
 *
 * <p><b>Sources.</b> TLS 1.3: RFC 8446. Names in certificates: RFC 6125, 6.4.4. Channel binding:
 * RFC 5929, tls-server-end-point.
 *
 * <p><b>Who may call.</b> {@code links} alone.
 */
package io.coterie.rpc.internal.nio.tls;
