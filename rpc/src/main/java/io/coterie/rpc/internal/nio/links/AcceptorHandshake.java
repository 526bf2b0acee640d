package io.coterie.rpc.internal.nio.links;

import io.coterie.rpc.internal.nio.connection.Connection;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.Handshake;
import io.coterie.rpc.internal.nio.handshake.Hello;
import io.coterie.rpc.internal.nio.handshake.KeyedProof;
import io.coterie.rpc.internal.nio.handshake.Roles;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.Welcome;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Scheduler;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handshake at the end that was dialed. */
final class AcceptorHandshake extends HandshakeSession {
    private static final Logger log = LoggerFactory.getLogger(AcceptorHandshake.class);

    private static final Set<Byte> NO_FAULTS =
            Set.of(Refusal.ALREADY_CONNECTED, Refusal.CONNECTED_AS, Refusal.KEY_NOT_KNOWN);

    private final Rivals rivals;
    private final UnauthenticatedPeerLog peerLog;

    /** The hello of the other end, while it has not proven itself yet. */
    private @Nullable Hello unproven;

    /** Set while another connection of that name is in use, and this one waits for its end. */
    private @Nullable Waiting waiting;

    AcceptorHandshake(
            Connection connection,
            Handshake handshake,
            PeerConnections connections,
            Rivals rivals,
            Scheduler.Timer timeout,
            UnauthenticatedPeerLog peerLog) {
        super(connection, handshake, connections, timeout);
        this.rivals = rivals;
        this.peerLog = peerLog;
    }

    @Override
    void onConnected() {
        // The dialer speaks first.
    }

    @Override
    void onFrame(byte type, ByteBuffer content) throws FrameException {
        Hello hello = unproven;
        if (waiting != null) {
            throw outOfPlace(type);
        }
        if (hello == null && type == Frame.HELLO) {
            onHello(content);
        } else if (hello != null && type == Frame.PROOF) {
            onProof(hello, content);
        } else {
            throw outOfPlace(type);
        }
    }

    private void onHello(ByteBuffer content) throws FrameException {
        bindTranscript();
        transcript.add(Frame.HELLO, content);
        Hello hello = Hello.read(content);
        Refusal refusal = handshake.judgeUnauthenticated(hello);
        if (refusal != null) {
            refuse(hello, refusal, false);
        } else if (handshake.secret() == null) {
            settle(new PeerClaims(hello, null, null));
        } else {
            unproven = hello;
            send(Frame.CHALLENGE, handshake.challenge(hello)::writeTo);
        }
    }

    private void onProof(Hello hello, ByteBuffer content) throws FrameException {
        ByteBuffer whole = content.duplicate();
        KeyedProof received = KeyedProof.read(Frame.PROOF, SharedSecret.Role.DIALER, whole, content, transcript);
        Roles.Proven proven = handshake.roles().proven(received.proof(), received.covered());
        transcript.add(Frame.PROOF, whole);
        if (proven != null) {
            settle(new PeerClaims(hello, proven, received));
        } else {
            refuse(hello, otherSecret(), false);
        }
    }

    /**
     * All that the other end claims of itself.
     *
     * @param proven the secret by which it has proven itself; null if the mode has none
     * @param proof the proof and the key that it has shown; null if the mode has no secret
     */
    private record PeerClaims(
            Hello hello,
            Roles.@Nullable Proven proven,
            @Nullable KeyedProof proof) {
        Role most() {
            return proven == null ? Role.REPLICA : proven.most();
        }
    }

    private void settle(PeerClaims other) {
        Hello hello = other.hello();
        NodeId peer = hello.node();
        Role role = handshake.roles().of(peer, other.most());
        Refusal refusal = handshake.judge(hello);
        Refusal objection = objectionTo(other);
        if (refusal == null) {
            refusal = objection;
        }
        Connection first = connections.to(peer);
        if (refusal == null) {
            refusal = first == null ? handshake.judgeRoom(connections.connected()) : judgeStart(hello, role, first);
        }
        if (refusal != null) {
            if (refusal.code() == Refusal.KEY_NOT_KNOWN) {
                askForKey(other);
            }
            refuse(hello, refusal, objection == null && handshake.provesDialing());
        } else if (first != null) {
            waiting = new Waiting(other, first);
            rivals.ask(first, waiting);
        } else {
            take(other, role);
        }
    }

    private @Nullable Refusal objectionTo(PeerClaims other) {
        NodeId peer = other.hello().node();
        Refusal objection = connection.objectionTo(peer);
        if (objection == null) {
            objection = handshake.roles().objectionTo(peer, other.most());
        }
        KeyedProof proof = other.proof();
        return objection == null && proof != null ? handshake.keys().judgeDialer(peer, proof) : objection;
    }

    /**
     * Dials the node of that name, and shows this dialer the key by which it will know this node
     * then.
     */
    private void askForKey(PeerClaims other) {
        Roles.Proven proven = other.proven();
        if (proven != null) {
            sendProven(Frame.KEY, proven.secret(), SharedSecret.Role.ACCEPTOR, out -> {});
            connections.hurry(other.hello().node());
        }
    }

    /**
     * Refuses the newcomer, unless it can be the node that is connected already, or a later start
     * of it: that one keeps its name while it is alive.
     */
    private static @Nullable Refusal judgeStart(Hello hello, Role role, Connection first) {
        if (first.role() == role && (first.peerStart() == hello.startId() || isNewer(hello, first))) {
            return null;
        }
        // If the first is dead, its silence or the reset of its machine will soon show it.
        first.send(Frame.PING);
        return Handshake.nameTaken(hello.node(), first.remote());
    }

    /** Whether the process of the newcomer was started when that of the first was known already. */
    private static boolean isNewer(Hello hello, Connection first) {
        return hello.ageMillis() < TimeUnit.NANOSECONDS.toMillis(first.openNanos());
    }

    private void take(PeerClaims other, Role role) {
        Hello hello = other.hello();
        NodeId peer = hello.node();
        if (hello.expected() == null) {
            connection.otherSeeks();
        }
        welcome(hello, other.proven());
        open(peer, role, hello.startId(), hello.maxMessageBytes());
        for (byte code : Refusal.FAULTS) {
            peerLog.settle(connection.remoteHost(), fault(code));
            peerLog.settle(peer.name(), fault(code));
        }
        connections.use(connection, peer, null);
    }

    /**
     * A newcomer that has proven all that it can, and may be the node of a connection that is in
     * use.
     */
    private final class Waiting implements Rivals.Newcomer {
        private final PeerClaims other;
        private final Connection first;

        Waiting(PeerClaims other, Connection first) {
            this.other = other;
            this.first = first;
        }

        @Override
        public void onFirstAlive() {
            // If this end dialed the first connection, the two nodes have dialed each other. If the
            // other end did, it would not dial again, so this is another node; but one that does
            // not know whom it dials, or did not know it the first time, may well reach a node that
            // it is connected to.
            Hello hello = other.hello();
            boolean dialsAgain = first.dialed() == null && hello.expected() != null && !first.otherSought();
            boolean isAnother = dialsAgain || first.peerStart() != hello.startId();
            refuse(
                    hello,
                    isAnother ? Handshake.nameTaken(hello.node(), first.remote()) : connectedAlready(hello),
                    handshake.provesDialing());
        }

        @Override
        public void onFirstGone() {
            waiting = null;
            settle(other);
        }
    }

    private Refusal connectedAlready(Hello hello) {
        return hello.expected() == null
                ? new Refusal(Refusal.CONNECTED_AS, handshake.self().name())
                : new Refusal(Refusal.ALREADY_CONNECTED, "connected already");
    }

    @Override
    void onTimeout(String within) {
        if (waiting == null) {
            super.onTimeout(within);
        } else {
            Hello hello = waiting.other.hello();
            refuse(hello, connectedAlready(hello), true);
        }
    }

    @Override
    void end() {
        super.end();
        if (waiting != null) {
            rivals.forget(waiting.first, waiting);
        }
    }

    private void welcome(Hello hello, Roles.@Nullable Proven proven) {
        Welcome welcome = handshake.welcome(hello);
        if (proven == null) {
            send(Frame.WELCOME, welcome::writeTo);
        } else {
            sendProven(Frame.WELCOME, proven.secret(), SharedSecret.Role.ACCEPTOR, welcome::writeTo);
        }
    }

    /**
     * @param proven whether the other end has proven that it belongs to the cluster and may use its
     *     name
     */
    private void refuse(Hello hello, Refusal refusal, boolean proven) {
        connection.send(Frame.REFUSAL, refusal::writeTo);
        connection.flush();
        connections.discard(connection);
        if (isNew(hello, refusal, proven)) {
            log.warn(
                    "{} refused '{}' of cluster '{}' at {}, and answered: {}; {}",
                    handshake.self(),
                    hello.node(),
                    hello.cluster(),
                    connection.remote(),
                    refusal.text(),
                    Handshake.remedy(refusal.code()));
        }
    }

    private boolean isNew(Hello hello, Refusal refusal, boolean proven) {
        if (NO_FAULTS.contains(refusal.code())) {
            return false;
        }
        // An unauthenticated peer may use any name, so it is logged once for each machine.
        return peerLog.isDue(proven ? hello.node().name() : connection.remoteHost(), fault(refusal.code()));
    }

    private static String fault(byte code) {
        return "refusal " + code;
    }
}
