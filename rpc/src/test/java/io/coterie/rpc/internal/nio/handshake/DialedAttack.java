package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.fuzz.Attacker;
import io.coterie.rpc.internal.nio.fuzz.FuzzTarget;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Handshakes of those that the node dials. */
public final class DialedAttack extends HandshakeAttack {
    private static final int NAMES = 24;

    private final ServerSocket listening;

    public DialedAttack(FuzzTarget target, @Nullable SharedSecret secret, ServerSocket listening) {
        super(target, secret);
        this.listening = listening;
    }

    public static ServerSocket listen() throws IOException {
        ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(30_000);
        return listening;
    }

    /** Whom the node is to dial. */
    public static Map<NodeId, HostPort> peers(ServerSocket listening) {
        Map<NodeId, HostPort> peers = new TreeMap<>();
        for (int i = 0; i < NAMES; i++) {
            peers.put(NodeId.of("d" + i), new HostPort("127.0.0.1", listening.getLocalPort()));
        }
        return peers;
    }

    /** Takes no more connections; the node dials in vain from now on. */
    public void stopListening() throws IOException {
        listening.close();
    }

    @Override
    Attacker open() throws IOException {
        return new Attacker(listening.accept());
    }

    @Override
    void begin(Victim victim) {}

    @Override
    void continueWith(Victim victim) throws IOException {
        byte[] hello = victim.attacker.hear();
        if (hello == null) {
            throw new AssertionError("the node dialed and hung up before it was answered");
        }
        NodeId name = Hello.read(ByteBuffer.wrap(hello, 1, hello.length - 1)).expected();
        if (name == null) {
            throw new AssertionError("the node does not name whom it looks for");
        }
        if (secret == null) {
            welcome(victim, HandshakeSamples.welcome(name));
            return;
        }
        List<byte[]> challenges = victim.mutator.mutatedSequence(List.of(ByHand.challenge()), all);
        victim.send(challenges);
        if (victim.broken || challenges.isEmpty()) {
            return;
        }
        byte[] proof = victim.attacker.hear();
        if (proof != null && proof[0] == Frame.PROOF) {
            ByHand right =
                    new ByHand(secret).note(hello).note(challenges.get(0)).note(proof);
            welcome(victim, right.welcome(name.name()));
        }
    }

    private void welcome(Victim victim, byte[] welcome) {
        List<byte[]> bodies = new ArrayList<>(List.of(welcome, HandshakeSamples.MESSAGE, HandshakeSamples.PING));
        victim.send(victim.mutator.mutatedSequence(bodies, all));
    }
}
