package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.handshake.ByHand;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.SharedSecret;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One name has one role at a node at a time. */
class TwoRolesTest {
    private static final SharedSecret OF_READERS = ByHand.secret("the secret of those who read");

    @Test
    void aSecondConnectionUnderANameWithAnotherRoleIsRefusedWhileTheFirstIsAlive() throws IOException {
        SecuritySettings security = new SecuritySettings(SecuritySettings.Proof.NONE, null, ByHand.SECRET, Map.of())
                .withLesserSecret(Role.READER, OF_READERS);
        TcpSettings settings = TcpNode.settings(
                "b", "test", new HostPort("127.0.0.1", 0), Map.of(), TcpNode.PATIENT, TcpNode.PATIENT, security);
        try (TcpNode b = new TcpNode(settings)) {
            Intruder client = new Intruder(b.address());
            assertEquals(Frame.WELCOME, shake(client, ByHand.SECRET)[0]);

            try (Intruder reader = new Intruder(b.address())) {
                // The same name and the same start: by the rules of one node that dials again it
                // would take the first one's place.
                ByteBuffer answer = ByteBuffer.wrap(shake(reader, OF_READERS));
                assertEquals(Frame.REFUSAL, answer.get());
                Refusal refusal = Refusal.read(answer);
                assertEquals(Refusal.NAME_TAKEN, refusal.code());
                assertTrue(refusal.text().startsWith("another node named 'm' is alive"), refusal.text());
            }
            client.sendNumber(40);
            Await.until("message", () -> b.received.contains(40));

            client.close();
            Await.until("end", () -> b.events.contains("-m"));
            try (Intruder reader = new Intruder(b.address())) {
                assertEquals(Frame.WELCOME, shake(reader, OF_READERS)[0]);
            }
        }
    }

    /** What the node answers to a proof of that secret. */
    private static byte[] shake(Intruder dialer, SharedSecret secret) throws IOException {
        byte[] hello = ByHand.hello("m", "b");
        byte[] challenge = dialer.sendBodies(hello).hear();
        return dialer.sendBodies(new ByHand(secret).note(hello).note(challenge).proof())
                .hear();
    }
}
