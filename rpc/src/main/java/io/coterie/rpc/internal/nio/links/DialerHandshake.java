package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Challenge;
import io.coterie.rpc.internal.nio.handshake.ConnectionCollision;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.internal.nio.handshake.KeyedProof;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.ShownKey;
import io.coterie.rpc.internal.nio.handshake.Welcome;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Scheduler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The handshake at the end that dials. */
final class DialerHandshake extends HandshakeSession {
    /** Whom this node dialed; null if it does not know that before the welcome. */
    private final @Nullable NodeId expected;

    private boolean proven;
    private boolean keyHeard;

    /** The key that the other end has shown, or null. */
    private @Nullable ShownKey shown;

    DialerHandshake(
            Connection connection,
            @Nullable NodeId expected,
            Handshake handshake,
            PeerConnections connections,
            Scheduler.Timer timeout) {
        super(connection, handshake, connections, timeout);
        this.expected = expected;
    }

    @Override
    void onConnected() {
        bindTranscript();
        send(Frame.HELLO, handshake.hello(expected)::writeTo);
    }

    @Override
    void onFrame(byte type, ByteBuffer content) throws FrameException {
        if (type == Frame.CHALLENGE && !proven) {
            onChallenge(content);
        } else if (type == Frame.KEY && !keyHeard) {
            keyHeard = true;
            onKey(content);
        } else if (type == Frame.WELCOME) {
            onWelcome(content);
        } else if (type == Frame.REFUSAL) {
            onRefusal(Refusal.read(content));
        } else {
            throw outOfPlace(type);
        }
    }

    private void onChallenge(ByteBuffer content) throws FrameException {
        transcript.add(Frame.CHALLENGE, content);
        Challenge challenge = Challenge.read(content);
        SharedSecret secret = handshake.secret();
        Refusal otherVersion = Handshake.judgeVersion(challenge.version());
        if (otherVersion != null) {
            refuse(otherVersion);
        } else if (secret == null) {
            refuse(new Refusal(Refusal.OTHER_SECURITY, "it requires a shared secret, but this node has none"));
        } else {
            proven = true;
            sendProven(Frame.PROOF, secret, SharedSecret.Role.DIALER, out -> {});
        }
    }

    private void onWelcome(ByteBuffer content) throws FrameException {
        ByteBuffer whole = content.duplicate();
        Welcome welcome = Welcome.read(content);
        NodeId other = expected == null ? welcome.node() : expected;
        Refusal refusal = judgeProof(Frame.WELCOME, other, whole, content);
        if (refusal == null) {
            refusal = handshake.judge(welcome, expected);
        }
        if (refusal == null && expected == null) {
            // Only now is it known whose certificate it must be.
            refusal = connection.objectionTo(other);
        }
        Role role = handshake.roles().of(other, Role.REPLICA);
        Connection first = connections.to(other);
        ConnectionCollision resolution = null;
        if (refusal == null && first != null) {
            boolean same = first.peerStart() == welcome.startId() && first.role() == role;
            resolution = ConnectionCollision.resolve(handshake.self(), other, same);
            if (resolution == ConnectionCollision.NAME_TAKEN) {
                refusal = Handshake.nameTaken(other, first.remote());
            }
        }
        if (refusal != null) {
            if (refusal.code() == Refusal.KEY_NOT_KNOWN) {
                connections.hurry(other);
            }
            refuse(refusal);
            return;
        }
        open(other, role, welcome.startId(), welcome.maxMessageBytes());
        if (expected == null) {
            connection.hasDialed(other);
        } else {
            learnKey(expected);
            connections.onDialed(expected);
        }
        if (first != null && resolution == ConnectionCollision.DRAIN_NEWCOMER) {
            connections.drain(connection, first);
        } else {
            connections.use(connection, other, first);
        }
        if (expected == null) {
            connections.onFound(connection, other);
        }
    }

    /** Checks the other end's proof and key, before anything else that it sends is trusted. */
    private @Nullable Refusal judgeProof(byte type, NodeId other, ByteBuffer whole, ByteBuffer rest)
            throws FrameException {
        SharedSecret secret = handshake.secret();
        if (secret == null) {
            HandshakeTexts.end("welcome", rest);
            return null;
        }
        if (!proven) {
            return new Refusal(Refusal.OTHER_SECURITY, "it has no shared secret, but this node has one");
        }
        KeyedProof received = KeyedProof.read(type, SharedSecret.Role.ACCEPTOR, whole, rest, transcript);
        transcript.add(type, whole);
        if (!secret.prove(SharedSecret.Role.ACCEPTOR, received.covered()).equals(received.proof())) {
            return otherSecret();
        }
        shown = received.shown();
        return expected == null
                ? handshake.keys().judgeFound(other, received)
                : handshake.keys().judgeDialed(other, received);
    }

    /**
     * Learns the key by which this node will know the other end when that dials. A refusal follows.
     */
    private void onKey(ByteBuffer content) throws FrameException {
        if (handshake.secret() == null) {
            throw outOfPlace(Frame.KEY);
        }
        if (expected == null) {
            // It does not say whose key it is.
            return;
        }
        Refusal refusal = judgeProof(Frame.KEY, expected, content.duplicate(), content);
        if (refusal == null) {
            learnKey(expected);
        } else {
            refuse(refusal);
        }
    }

    private void learnKey(NodeId other) {
        ShownKey proven = shown;
        if (proven != null) {
            handshake.keys().learn(other, proven);
        }
    }

    private void onRefusal(Refusal refusal) throws FrameException {
        if (expected != null || refusal.code() != Refusal.CONNECTED_AS) {
            refuse(refusal);
            return;
        }
        NodeId other = HandshakeTexts.reading("refusal", () -> NodeId.of(refusal.text()));
        Refusal objection = connection.objectionTo(other);
        if (objection == null && connections.to(other) == null) {
            objection = new Refusal(Refusal.ALREADY_CONNECTED, "it has not noticed yet that a connection is lost");
        }
        if (objection == null) {
            connections.discard(connection);
            connections.onFound(connection, other);
        } else {
            refuse(objection);
        }
    }

    private void refuse(Refusal refusal) {
        connections.discard(connection);
        connections.onRefused(connection, expected, refusal);
    }
}
