/**
 * Who the two ends of a connection are, and how they prove it.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>dialer</em>: sends {@link Hello}
 *   <li><em>accepting end</em>: sends {@link Welcome} or a refusal. With a shared secret, {@link
 *       Challenge} and a proof come in between, and the welcome carries a proof, too
 *   <li><em>transcript</em>: a hash of all that both have sent. Proofs cover it, so none is worth
 *       anything elsewhere
 *   <li><em>key</em>: proves the name of a node, where the secret, which is the same at all nodes,
 *       cannot
 *   <li><em>role</em>: what a peer may do here: reader, client or replica
 *   <li><em>start id</em>: distinguishes one start of a node from the next
 * </ul>
 *
 * <p><b>Structure.</b> {@link Handshake} makes what this node sends, and judges what the other end
 * sent. {@link SharedSecret}, {@link NodeKey} and {@link KeyedProof} prove; {@link KnownKeys} knows
 * the keys of peers, and keeps them in {@link KnownNodesFile}; {@link Roles} decides roles, {@link
 * ConnectionCollision} which of two connections stays. {@link TcpSettings} and {@link
 * SecuritySettings} are what the user chose: they are here because this is the lowest room that
 * reads them.
 *
 * <p><b>Contract.</b> All parts are on the wire between versions, and key files are on disk; tests
 * hold their bytes.
 *
 * <p><b>Threads.</b> The loop alone, except that {@link KnownKeys} writes its file on a thread of
 * its own. Nothing here sends or receives: {@code links} does, and asks this room what to send.
 *
 * <p><b>Sources.</b> Proofs: HMAC-SHA-256 (RFC 2104), challenge and response of both sides
 * (ISO/IEC 9798-4), each over all before it, as in SIGMA (Krawczyk 2003). Keys: Ed25519 (RFC
 * 8032).
 *
 * <p><b>Who may call.</b> {@code links} and {@code tls}; the factories of {@code io.coterie.rpc}
 * make the settings.
 */
package io.coterie.rpc.internal.nio.handshake;
