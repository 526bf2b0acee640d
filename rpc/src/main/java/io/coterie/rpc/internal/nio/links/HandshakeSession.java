package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.internal.nio.handshake.KeyedProof;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.Transcript;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Scheduler;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One connection during its handshake. The dialer sends HELLO, and the accepting end sends WELCOME
 * or REFUSAL. With a shared secret, CHALLENGE and PROOF come in between, and the WELCOME carries a
 * proof, too. The accepting end reveals nothing of itself before the dialer has proven itself, and
 * neither end reads a call before both have.
 */
abstract sealed class HandshakeSession permits AcceptorHandshake, DialerHandshake {
    final Connection connection;
    final Handshake handshake;
    final PeerConnections connections;
    final Transcript transcript = new Transcript();
    private final Scheduler.Timer timeout;

    HandshakeSession(Connection connection, Handshake handshake, PeerConnections connections, Scheduler.Timer timeout) {
        this.connection = connection;
        this.handshake = handshake;
        this.connections = connections;
        this.timeout = timeout;
    }

    /** The connection was opened. */
    abstract void onConnected();

    abstract void onFrame(byte type, ByteBuffer content) throws FrameException;

    /** The handshake has taken too long. */
    void onTimeout(String within) {
        connections.fail(connection, connection.remote() + " has not " + connection.missing() + within, true);
    }

    /** The handshake has succeeded, or the connection is closed. */
    void end() {
        timeout.cancel();
    }

    /** Called before the first part is sent or received. */
    final void bindTranscript() {
        byte[] binding = connection.binding();
        if (binding != null) {
            transcript.bind(binding);
        }
    }

    /** Why the proof of the other end is wrong, in words that fit both ends. */
    final Refusal otherSecret() {
        String text = "the shared secrets differ";
        return new Refusal(
                Refusal.OTHER_SECRET,
                connection.binding() == null
                        ? text
                        : text + ", or something in between, such as a proxy, ends TLS and begins it anew");
    }

    /** Sends a part of the handshake, and adds it to the transcript. */
    final void send(byte type, Consumer<ByteWriter> part) {
        ByteWriter out = new ByteWriter(Frame.MAX_HANDSHAKE_BODY);
        part.accept(out);
        transcript.add(type, out.view());
        connection.send(type, out.view());
    }

    /**
     * Sends a part of the handshake that ends with this end's key and proof, and adds it to the
     * transcript.
     */
    final void sendProven(byte type, SharedSecret secret, SharedSecret.Role role, Consumer<ByteWriter> part) {
        send(type, out -> {
            part.accept(out);
            KeyedProof.write(type, secret, role, handshake.keys().own(), transcript, out);
        });
    }

    /** Opens the connection: both ends have proven who they are. */
    final void open(NodeId peer, Role role, long startId, int maxMessageOfPeer) {
        connections.onHandshakeDone(connection);
        connection.open(peer, role, startId, maxMessageOfPeer, handshake.maxMessageBytes());
    }

    static FrameException outOfPlace(byte type) {
        return new FrameException("a frame of type " + type + " in place of the handshake");
    }
}
