package io.coterie.rpc.internal.nio;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Role;
import io.coterie.rpc.Scheduler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handshake at the end that was dialed. */
final class IncomingIntroduction extends Introduction {
    private static final Logger log = LoggerFactory.getLogger(IncomingIntroduction.class);

    private final StrangerWarnings warnings;

    /** What the other end says of itself, while it has yet to prove itself. */
    private @Nullable Hello unproven;

    IncomingIntroduction(
            Connection connection,
            Handshake handshake,
            Links links,
            Scheduler.Timer timeout,
            StrangerWarnings warnings) {
        super(connection, handshake, links, timeout);
        this.warnings = warnings;
    }

    @Override
    void onConnected() {
        // The other end speaks first.
    }

    @Override
    void onFrame(byte type, ByteBuffer content) throws FrameException {
        Hello hello = unproven;
        if (hello == null && type == Frame.HELLO) {
            onHello(content);
        } else if (hello != null && type == Frame.PROOF) {
            onProof(hello, content);
        } else {
            throw outOfPlace(type);
        }
    }

    private void onHello(ByteBuffer content) throws FrameException {
        transcript.add(Frame.HELLO, content);
        Hello hello = Hello.read(content);
        Refusal refusal = handshake.judgeStranger(hello);
        if (refusal != null) {
            refuse(hello, refusal, false);
        } else if (handshake.secret() == null) {
            settle(hello, null);
        } else {
            unproven = hello;
            say(Frame.CHALLENGE, handshake.challenge(hello)::writeTo);
        }
    }

    private void onProof(Hello hello, ByteBuffer content) throws FrameException {
        ByteBuffer said = content.duplicate();
        Token proof = Names.readingAll("proof", content, () -> Token.read(content));
        Roles.Proven proven = handshake.roles().proven(proof, transcript);
        transcript.add(Frame.PROOF, said);
        if (proven != null) {
            settle(hello, proven);
        } else {
            refuse(hello, new Refusal(Refusal.OTHER_SECRET, "the shared secrets differ"), false);
        }
    }

    /** @param proven by which secret the other end has proven itself; null where there is none */
    private void settle(Hello hello, Roles.@Nullable Proven proven) {
        Refusal refusal = handshake.judge(hello);
        NodeId peer = hello.node();
        Role most = proven == null ? Role.REPLICA : proven.most();
        Role role = handshake.roles().of(peer, most);
        Refusal objection = connection.objectionTo(peer);
        if (objection == null) {
            objection = handshake.roles().objectionTo(peer, most);
        }
        if (refusal == null) {
            refusal = objection;
        }
        Connection first = links.to(peer);
        Settlement settlement = null;
        if (refusal == null && first == null) {
            refusal = handshake.judgeRoom(links.connected());
        } else if (refusal == null && first != null) {
            boolean same = first.peerStart() == hello.startId() && first.role() == role;
            settlement = Settlement.ofDialed(handshake.self(), peer, same, first.dialed() == null);
            refusal = refusalOf(settlement, peer, first);
        }
        if (refusal != null) {
            refuse(hello, refusal, objection == null && handshake.provesDialing());
            return;
        }
        welcome(hello, proven == null ? null : proven.secret());
        open(peer, role, hello.startId(), hello.maxMessageBytes());
        for (byte code : Refusal.FAULTS) {
            warnings.settle(connection.remoteHost(), fault(code));
            warnings.settle(peer.name(), fault(code));
        }
        if (first != null && settlement == Settlement.DROP_FIRST) {
            links.fail(first, "it dialed again", false);
            first = null;
        }
        links.use(connection, peer, first);
    }

    private void welcome(Hello hello, @Nullable SharedSecret secret) {
        ByteWriter out = new ByteWriter(Frame.MAX_HANDSHAKE_BODY);
        handshake.welcome(hello).writeTo(out);
        if (secret != null) {
            transcript.add(Frame.WELCOME, out.view());
            secret.prove(SharedSecret.Role.ACCEPTOR, transcript).writeTo(out);
        }
        connection.send(Frame.WELCOME, out.view());
    }

    /** Where the first one stays, it is pinged: if it is dead, its silence or the answer of its machine will soon show it. */
    private static @Nullable Refusal refusalOf(Settlement settlement, NodeId peer, Connection first) {
        return switch (settlement) {
            case KEEP_FIRST -> {
                first.send(Frame.PING);
                yield new Refusal(Refusal.ALREADY_CONNECTED, "connected already");
            }
            case NAME_TAKEN -> {
                first.send(Frame.PING);
                yield Handshake.nameTaken(peer, first.remote());
            }
            default -> null;
        };
    }

    /** @param proven whether the other end has proven that it belongs to the cluster, and may use its name */
    private void refuse(Hello hello, Refusal refusal, boolean proven) {
        connection.send(Frame.REFUSAL, refusal::writeTo);
        connection.flush();
        links.discard(connection);
        if (isNew(hello, refusal, proven)) {
            log.warn(
                    "{} refused '{}' of cluster '{}' at {}, and told it: {}; {}",
                    handshake.self(),
                    hello.node(),
                    hello.cluster(),
                    connection.remote(),
                    refusal.text(),
                    Handshake.remedy(refusal.code()));
        }
    }

    private boolean isNew(Hello hello, Refusal refusal, boolean proven) {
        if (refusal.code() == Refusal.ALREADY_CONNECTED) {
            return false;
        }
        // A stranger may call itself anything: once for each machine, whatever it says.
        return warnings.isDue(proven ? hello.node().name() : connection.remoteHost(), fault(refusal.code()));
    }

    private static String fault(byte code) {
        return "refusal " + code;
    }
}
