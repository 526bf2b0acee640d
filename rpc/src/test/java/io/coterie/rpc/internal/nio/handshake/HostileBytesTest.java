package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.LogText;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each of these costs its own connection, while a good peer continues to be heard. */
class HostileBytesTest {
    private final TcpNode server = TcpNode.listening("server");
    private TcpNode good;

    @BeforeEach
    void connectAGoodPeer() {
        good = new TcpNode(TcpNode.settings("good", "test", null, Map.of(NodeId.of("server"), server.address())));
        Await.until("connection", () -> good.connectedTo("server"));
    }

    @AfterEach
    void theGoodPeerIsStillHeard() {
        assertTrue(good.send("server", 42));
        Await.until("message", () -> server.received.contains(42));
        assertEquals(List.of("+server"), good.events);
        good.close();
        server.close();
    }

    @Test
    void garbage() throws IOException {
        losesItsConnection("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        for (int seed = 0; seed < 50; seed++) {
            byte[] noise = new byte[2000];
            new Random(seed).nextBytes(noise);
            losesItsConnection(noise);
        }
    }

    @Test
    void lengthsThatCannotBe() throws IOException {
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, Frame.MAX_HANDSHAKE_BODY + 1}) {
            losesItsConnection(new ByteWriter().putInt(length).toByteArray());
        }
    }

    @Test
    void lengthsThatCannotBeAfterTheHandshake() throws IOException {
        for (int length : new int[] {Integer.MAX_VALUE, -5, 0, 100_002}) {
            try (Intruder intruder = new Intruder(server.address())) {
                intruder.send(Intruder.hello("mallory", "server", 7)).hear();
                intruder.send(new ByteWriter().putInt(length).toByteArray()).awaitEnd();
            }
        }
    }

    @Test
    void aWrongChecksum() throws IOException {
        byte[] frame = Intruder.frame(Frame.HELLO, Intruder.hello("mallory", "server", 7)::writeTo);
        frame[frame.length - 5] ^= 1;

        losesItsConnection(frame);
    }

    @Test
    void aTruncatedFrame() throws IOException {
        byte[] frame = Intruder.frame(Frame.HELLO, Intruder.hello("mallory", "server", 7)::writeTo);
        for (int length = 0; length < frame.length; length++) {
            try (Intruder intruder = new Intruder(server.address())) {
                intruder.send(Arrays.copyOf(frame, length)).socket.shutdownOutput();
                intruder.awaitEnd();
            }
        }
    }

    @Test
    void aHelloWithTheRightChecksumAndNonsenseInside() throws IOException {
        byte[] content = new ByteWriter()
                .putInt(0x436F7472)
                .putBytes(new byte[21])
                .putByte(200)
                .toByteArray();
        losesItsConnection(Intruder.frame(Frame.HELLO, content));
        losesItsConnection(Intruder.frame(Frame.HELLO, new byte[0]));
        losesItsConnection(Intruder.frame(Frame.HELLO, new byte[50]));
    }

    @Test
    void aMessageBeforeTheHandshakeIsNotDelivered() throws IOException {
        losesItsConnection(Intruder.frame(Frame.MESSAGE, new byte[] {0, 0, 0, 9}));

        assertEquals(List.of(), server.received);
    }

    @Test
    void silenceAfterConnecting() throws IOException {
        try (TcpNode hasty = hasty()) {
            losesItsConnection(hasty, new byte[0]);
            losesItsConnection(hasty, new byte[] {0});
        }
    }

    @Test
    void manyThatSendNothingMakeRoomForThoseThatSpeak() throws IOException {
        List<Intruder> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            silent.add(new Intruder(server.address()));
        }
        try (Intruder speaker = new Intruder(server.address())) {
            byte[] answer = speaker.send(Intruder.hello("late", "server", 7)).hear();
            assertEquals(Frame.WELCOME, answer[0]);
        }
        // The server has room for three that it does not know; the speaker is no longer one of
        // them.
        for (Intruder intruder : silent.subList(0, 17)) {
            intruder.awaitEnd();
        }
        for (Intruder intruder : silent) {
            intruder.close();
        }
    }

    @Test
    void aMachineThatFloodsThePortDoesNotPushOutTheOthers() throws IOException {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        assumeTrue(isLocal(elsewhere), "this system has one loopback address only");
        TcpSettings settings = TcpNode.settings(
                "b",
                "test",
                new HostPort("127.0.0.1", 0),
                Map.of(),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                SecuritySettings.NONE);
        List<Intruder> flood = new ArrayList<>();
        try (TcpNode b = new TcpNode(settings);
                Intruder slow = new Intruder(
                        new Socket(InetAddress.getLoopbackAddress(), b.address().port(), elsewhere, 0))) {
            for (int i = 0; i < 20; i++) {
                flood.add(new Intruder(b.address()));
            }
            // The first of them are gone, so that there were too many.
            for (int i = 0; i < 18; i++) {
                flood.get(i).awaitEnd();
            }

            assertEquals(
                    Frame.WELCOME, slow.send(Intruder.hello("slow", "b", 7)).hear()[0]);
        } finally {
            for (Intruder intruder : flood) {
                intruder.close();
            }
        }
    }

    @Test
    void messagesThatMakeTheNodeThrowAreReportedOncePerConnection() throws IOException {
        try (LogText log = new LogText()) {
            for (int i = 1; i <= 2; i++) {
                try (Intruder intruder = new Intruder(server.address())) {
                    intruder.send(Intruder.hello("mallory", "server", 7)).hear();
                    for (int j = 0; j < 5; j++) {
                        // The test's receiver wants four bytes.
                        intruder.send(Intruder.frame(Frame.MESSAGE, new byte[0]));
                    }
                    int number = i;
                    intruder.sendNumber(number);
                    Await.until("message", () -> server.received.contains(number));
                }
                assertEquals(i, log.count("made the node throw"), log::toString);
                int losses = i;
                Await.until(
                        "loss",
                        () -> server.events.stream().filter("-mallory"::equals).count() == losses);
            }
        }
    }

    @Test
    void aPeerThatIsDeadWithoutSayingSoIsGivenUp() throws IOException {
        try (TcpNode hasty = hasty();
                Intruder intruder = new Intruder(hasty.address())) {
            intruder.send(Intruder.hello("zombie", "hasty", 7)).hear();
            Await.until("connection", () -> hasty.events.contains("+zombie"));

            intruder.awaitEnd();

            Await.until("loss", () -> hasty.events.contains("-zombie"));
        }
    }

    private static boolean isLocal(InetAddress address) {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static TcpNode hasty() {
        return TcpNode.hasty("hasty", Map.of(), Duration.ofSeconds(1));
    }

    private void losesItsConnection(byte[] bytes) throws IOException {
        losesItsConnection(server, bytes);
    }

    private static void losesItsConnection(TcpNode node, byte[] bytes) throws IOException {
        try (Intruder intruder = new Intruder(node.address())) {
            try {
                intruder.send(bytes);
            } catch (IOException e) {
                // Closed before all of it was written.
                return;
            }
            intruder.awaitEnd();
        }
    }
}
