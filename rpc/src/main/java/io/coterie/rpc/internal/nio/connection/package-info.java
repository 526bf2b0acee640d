/**
 * One connection: frames out of bytes, and bytes out of frames.
 *
 * <p><b>Words.</b> A <i>frame</i> is the unit of a connection: length, body, checksum. Its body is
 * a type and a content ({@link Frame}). A <i>wire</i> lies between frames and socket:
 * {@link PlainWire} is the socket itself, the one of {@code tls} encrypts. A <i>refusal</i> is
 * the answer of the end that was dialed when it does not accept the connection. A connection is
 * <i>open</i> once the handshake is complete, and <i>draining</i> once another has
 * taken its place. A <i>sign</i> is what shows that the other end is alive: bytes that came, or
 * bytes that it took.
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
