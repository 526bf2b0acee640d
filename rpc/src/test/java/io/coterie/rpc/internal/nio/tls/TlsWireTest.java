package io.coterie.rpc.internal.nio.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.FreePorts;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.handshake.SecuritySettings;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.security.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that speaks TLS, and what others may do to it; a good peer must not notice. */
class TlsWireTest {
    /** So long that no test can pass by it. */
    private static final Duration NEVER = Duration.ofMinutes(10);

    private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);
    private static final Duration SOON = Duration.ofMillis(300);

    @TempDir
    static Path directory;

    private static SSLContext all;
    private static SSLContext anonymous;

    private TcpNode server;
    private TcpNode good;

    @BeforeAll
    static void makeCertificates() {
        Certificates certificates = new Certificates(directory, "ours");
        all = certificates.context(
                certificates.signed("all", "-ext", "san=dns:server,dns:good,dns:m,dns:a,dns:b,dns:z"));
        anonymous = certificates.context(null);
    }

    @BeforeEach
    void start() {
        server = listening("server");
        good = dialing("good", "server", server.address());
        Await.until("connection", () -> good.connectedTo("server"));
    }

    @AfterEach
    void goodPeerHasNotNoticed() {
        assertTrue(good.send("server", 42));
        Await.until("message", () -> server.received.contains(42));
        good.close();
        server.close();
    }

    @Test
    void aSilentUnauthenticatedPeerIsGivenUpAtTheHandshakeTimeout() throws IOException {
        try (TcpNode hasty = new TcpNode(settings("b", ANY_PORT, Map.of(), SOON));
                Socket silent = plain(hasty.address())) {
            assertEnds(silent);
        }
    }

    @Test
    void anAddressThatTakesConnectionsAndStaysSilentIsGivenUpAtTheHandshakeTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpNode a = new TcpNode(settings(
                        "a", null, Map.of(NodeId.of("b"), new HostPort("127.0.0.1", silent.getLocalPort())), SOON))) {
            a.awaitFailure("b", "has not completed the TLS handshake within 300 ms");
        }
    }

    @Test
    void anErrorOffTheLoopEndsTheConnectionAtOnce() {
        AtomicInteger asked = new AtomicInteger();
        SecuritySettings broken = new SecuritySettings(
                SecuritySettings.Proof.BOTH,
                () -> {
                    // The first time is the check before the start.
                    if (asked.getAndIncrement() > 0) {
                        throw new NoClassDefFoundError("a provider");
                    }
                    return all;
                },
                null,
                Map.of());
        try (TcpNode a = new TcpNode(TcpNode.settings(
                "a", "test", null, Map.of(NodeId.of("server"), server.address()), NEVER, NEVER, broken))) {
            a.awaitFailure("server", "the supplier of the SSLContext threw java.lang.NoClassDefFoundError: a provider");
        }
    }

    @Test
    void namesThatTlsCannotCarryAreDialedWithoutOne() {
        for (String host : List.of("node_1.test", "node.test.", "127.0.0.1", "::1")) {
            assertEquals(List.of(), TlsEngines.serverNames(host), host);
        }
        assertEquals(List.of(new SNIHostName("node.test")), TlsEngines.serverNames("node.test"));
    }

    @Test
    void aHandshakeThatStopsAnywhereIsGivenUpAtTheHandshakeTimeout() throws IOException {
        byte[] hello = clientHello();
        try (TcpNode hasty = new TcpNode(settings("b", ANY_PORT, Map.of(), SOON))) {
            for (int length : new int[] {1, 2, 5, 6, hello.length - 1, hello.length}) {
                try (Socket slow = plain(hasty.address())) {
                    slow.getOutputStream().write(hello, 0, length);
                    assertEnds(slow);
                }
            }
        }
    }

    @Test
    void aHandshakeInPiecesIsUnderstood() throws IOException {
        byte[] hello = clientHello();
        try (Socket slow = plain()) {
            for (byte b : hello) {
                slow.getOutputStream().write(b);
            }
            assertEquals(22, slow.getInputStream().read());
        }
    }

    @Test
    void garbageInPlaceOfTlsEndsOnlyThatConnection() throws IOException {
        losesItsConnection("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        losesItsConnection(new byte[] {22, 3, 1, -1, -1, 0, 0, 0});
        losesItsConnection(new byte[] {22, 3, 1, 0, 4, 1, 2, 3, 4});
        losesItsConnection(new byte[] {23, 3, 3, 0, 1, 0});
        losesItsConnection(new byte[] {22, 2, 0, 0, 1, 0});
        byte[] hello = clientHello();
        hello[6] ^= 0x55;
        losesItsConnection(hello);
    }

    @Test
    void whatIsSentWithoutTlsIsNeverLookedAt() throws IOException {
        byte[] introduction = Intruder.frame(Frame.HELLO, Intruder.hello("m", "server", 7)::writeTo);
        byte[] call = Intruder.frame(Frame.MESSAGE, new byte[] {0, 0, 0, 9});
        try (Socket socket = plain()) {
            socket.getOutputStream().write(concat(introduction, call));
            assertEquals(
                    Frame.REFUSAL,
                    socket.getInputStream().readNBytes(5)[4],
                    "reports in plain that it speaks TLS only");
            assertEnds(socket);
        }
        losesItsConnection(concat(clientHello(), introduction, call));

        assertEquals(List.of("+good"), server.events);
        assertEquals(List.of(), server.received);
    }

    @Test
    void whatIsSentBeforeTheCertificateIsProvenIsNeverLookedAt() throws IOException {
        try (SSLSocket socket = tls(anonymous)) {
            // With TLS 1.3 the one who dials may speak before the other has seen that there is no
            // certificate.
            socket.startHandshake();
            byte[] introduction = Intruder.frame(Frame.HELLO, Intruder.hello("m", "server", 7)::writeTo);
            byte[] call = Intruder.frame(Frame.MESSAGE, new byte[] {0, 0, 0, 9});
            assertThrows(IOException.class, () -> {
                socket.getOutputStream().write(concat(introduction, call));
                socket.getInputStream().readAllBytes();
            });
        }
        assertEquals(List.of("+good"), server.events);
        assertEquals(List.of(), server.received);
    }

    @Test
    void newKeysInTheMiddleAreTakenAndAnswered() throws IOException {
        try (SSLSocket socket = tls(all);
                Intruder peer = new Intruder(socket)) {
            peer.send(Intruder.hello("m", "server", 7)).hear();
            for (int i = 0; i < 5; i++) {
                // On a TLS 1.3 connection that is established, this asks for new keys.
                socket.startHandshake();
                peer.sendNumber(i);
                peer.send(Intruder.frame(Frame.PING, new byte[0]));
                assertArrayEquals(new byte[] {Frame.PONG}, peer.hear());
            }
            assertEquals(List.of(0, 1, 2, 3, 4), server.received);
        }
    }

    @Test
    void newKeysAreAnsweredAlsoByOneThatHasNothingElseToSay() throws IOException {
        try (Relay relay = new Relay(server.address());
                SSLSocket socket = tls(all, relay.address());
                Intruder peer = new Intruder(socket)) {
            peer.send(Intruder.hello("m", "server", 7)).hear();
            long before = relay.answered();
            socket.startHandshake();
            Await.until("answer", () -> relay.answered() > before);
        }
    }

    @Test
    void manyNewKeysFromOneWhoReadsLaterAreAnswered() throws IOException {
        try (SSLSocket socket = tls(all);
                Intruder peer = new Intruder(socket)) {
            peer.send(Intruder.hello("m", "server", 7)).hear();
            for (int i = 0; i < 300; i++) {
                socket.startHandshake();
            }
            peer.send(Intruder.frame(Frame.PING, new byte[0]));
            assertArrayEquals(new byte[] {Frame.PONG}, peer.hear());
        }
    }

    @Test
    void aByteThatWasChangedOnItsWayEndsOnlyThatConnection() throws IOException {
        try (Relay relay = new Relay(server.address());
                TcpNode a = dialing("a", "server", relay.address())) {
            Await.until("connection", () -> a.connectedTo("server"));
            relay.damageNext();
            assertTrue(a.send("server", 1));

            Await.until("loss", () -> server.events.contains("-a"));
            assertEquals(List.of(), server.received);
            Await.until("loss", () -> a.events.contains("-server"));
            Await.until("connection", () -> a.connectedTo("server"));
            assertTrue(a.send("server", 2));
            Await.until("message", () -> server.received.contains(2));
        }
    }

    @Test
    void aConnectionThatIsCutWithoutTheEndOfTlsIsReportedSo() throws IOException {
        try (Relay relay = new Relay(server.address());
                TcpNode a = dialing("a", "server", relay.address())) {
            Await.until("connection", () -> a.connectedTo("server"));
            relay.refuseOthers();
            relay.cut();

            Await.until("loss", () -> a.events.contains("-server"));
            Await.until("loss", () -> server.events.contains("-a"));
            assertTrue(a.reasons.get(0).contains("the connection was cut"), a.reasons::toString);
        }
    }

    @Test
    void eitherEndSendsItsEnd() {
        TcpNode b = listening("b");
        try (TcpNode a = dialing("a", "b", b.address())) {
            Await.until("connection", () -> a.connectedTo("b"));
            b.close();
            Await.until("loss", () -> a.events.contains("-b"));
            assertTrue(a.reasons.get(0).contains("the other end closed the connection"), a.reasons::toString);
        }
        TcpNode c = dialing("a", "server", server.address());
        Await.until("connection", () -> server.events.contains("+a"));
        c.close();
        Await.until("loss", () -> server.events.contains("-a"));
        assertTrue(server.reasons.get(0).contains("the other end closed the connection"), server.reasons::toString);
    }

    @Test
    void oneThatHasSentItsEndIsAnsweredWithTheOthers() throws IOException {
        try (SSLSocket socket = tls(all);
                Intruder peer = new Intruder(socket)) {
            peer.send(Intruder.hello("m", "server", 7)).hear();
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
            Await.until("loss", () -> server.events.contains("-m"));
        }
    }

    @Test
    void twoThatDialEachOtherSettleOnOneConnectionWithoutLosingAnything() {
        for (int round = 0; round < 10; round++) {
            HostPort address = FreePorts.nextAddress();
            try (TcpNode z = new TcpNode(settings("z", ANY_PORT, Map.of(NodeId.of("a"), address)));
                    TcpNode a = new TcpNode(settings("a", address, Map.of(NodeId.of("z"), z.address())))) {
                Await.until("connections", () -> a.connectedTo("z") && z.connectedTo("a"));
                for (int i = 0; i < 50; i++) {
                    assertTrue(a.send("z", i) && z.send("a", i));
                }
                Await.until("messages", () -> a.received.size() == 50 && z.received.size() == 50);
                Await.until("one connection", () -> a.inLoop(() -> TcpNode.connections(a.transport) == 1));
                assertEquals(List.of("+z"), a.events);
                assertEquals(List.of("+a"), z.events);
            }
        }
    }

    @Test
    void connectsKillsAndRefusalsLeakNeitherDescriptorsNorThreads() throws IOException {
        for (int i = 0; i < 20; i++) {
            comeAndGo(i);
        }
        long before = descriptors();
        for (int i = 0; i < 200; i++) {
            comeAndGo(i);
        }
        Await.until("end of connections", () -> server.inLoop(() -> TcpNode.connections(server.transport) == 1));
        Await.until("as many descriptors as before", () -> descriptors() <= before + 3);
        good.close();
        server.close();
        Await.until(
                "end of threads",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("coterie-server-tls")
                                || thread.getName().equals("coterie-good-tls")));
        start();
    }

    private void comeAndGo(int i) throws IOException {
        switch (i % 4) {
            case 0 -> plain().close();
            case 1 -> losesItsConnection(new byte[] {1, 2, 3});
            case 2 -> {
                try (Socket socket = plain()) {
                    socket.getOutputStream().write(clientHello());
                }
            }
            default -> {
                try (SSLSocket socket = tls(all)) {
                    new Intruder(socket).send(Intruder.hello("m", "server", i)).hear();
                    if (i % 8 == 3) {
                        socket.setSoLinger(true, 0);
                    }
                }
                Await.until("loss", () -> server.events.contains("-m"));
                server.events.removeIf(event -> event.endsWith("m"));
            }
        }
    }

    /**
     * How many the process has open, where the system reports it; otherwise none, which never
     * grows.
     */
    private static long descriptors() {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(open)) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void losesItsConnection(byte[] bytes) throws IOException {
        try (Socket socket = plain()) {
            socket.getOutputStream().write(bytes);
            assertEnds(socket);
        }
    }

    private static void assertEnds(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            // An alert may come first.
            in.readAllBytes();
        } catch (SocketException e) {
            assertTrue(String.valueOf(e.getMessage()).contains("reset"), () -> "" + e);
        }
    }

    private Socket plain() throws IOException {
        return plain(server.address());
    }

    private static Socket plain(HostPort address) throws IOException {
        Socket socket = new Socket(address.host(), address.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private SSLSocket tls(SSLContext context) throws IOException {
        return tls(context, server.address());
    }

    private static SSLSocket tls(SSLContext context, HostPort address) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address.host(), address.port());
        socket.setEnabledProtocols(new String[] {TlsEngines.PROTOCOL});
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] clientHello() throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(1 << 16);
        SSLEngine engine = all.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {TlsEngines.PROTOCOL});
        engine.wrap(PacketPool.NONE, packet);
        return Arrays.copyOf(packet.array(), packet.position());
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static TcpNode listening(String name) {
        return new TcpNode(settings(name, ANY_PORT, Map.of()));
    }

    private static TcpNode dialing(String name, String peer, HostPort address) {
        return new TcpNode(settings(name, null, Map.of(NodeId.of(peer), address)));
    }

    private static TcpSettings settings(String name, @Nullable HostPort listen, Map<NodeId, HostPort> peers) {
        return settings(name, listen, peers, NEVER);
    }

    private static TcpSettings settings(
            String name, @Nullable HostPort listen, Map<NodeId, HostPort> peers, Duration handshakeTimeout) {
        SecuritySettings security = new SecuritySettings(SecuritySettings.Proof.BOTH, () -> all, null, Map.of());
        return TcpNode.settings(name, "test", listen, peers, NEVER, handshakeTimeout, security);
    }
}
