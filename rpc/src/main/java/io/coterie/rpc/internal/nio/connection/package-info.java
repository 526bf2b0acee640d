/**
 * One connection: frames out of bytes, and bytes out of frames.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>frame</em>: the unit of a connection: length, body, checksum. Its body is a type and a
 *       content ({@link Frame})
 *   <li><em>wire</em>: lies between frames and socket. {@link PlainWire} is the socket itself, the
 *       one of {@code tls} encrypts
 *   <li><em>refusal</em>: the answer of the accepting end when it does not accept the connection
 *   <li><em>open</em>: said of a connection once the handshake is complete
 *   <li><em>draining</em>: said of a connection once another has taken its place
 *   <li><em>sign</em> of life: bytes that came from the other end, or bytes that it took
 * </ul>
 *
 * <p><b>Promises.</b> A frame arrives whole and unchanged, or the connection ends:
 * {@link FrameReader} checks each length against its bound before it believes it, and each
 * checksum (CRC-32C, RFC 3720). Memory is bounded for each connection, and an idle one holds
 * almost none.
 *
 * <p><b>Contract.</b> The layout of frames, their types and the codes of refusals are on the wire
 * between versions; tests hold their bytes.
 *
 * <p><b>Threads.</b> The loop alone. Nothing here blocks: {@link WriteQueue} keeps what the socket
 * does not take yet.
 *
 * <p><b>Who may call.</b> {@code links} owns the connections and is notified of their events;
 * {@code tls} implements {@link Wire}; {@code handshake} uses {@link Refusal} and
 * {@link HandshakeTexts}.
 */
package io.coterie.rpc.internal.nio.connection;
