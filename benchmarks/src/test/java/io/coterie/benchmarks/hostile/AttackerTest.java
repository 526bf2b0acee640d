package io.coterie.benchmarks.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.benchmarks.rpc.Echoes;
import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AttackerTest {
    private static final int MAX_WAIT_MILLIS = 20_000;

    private final ServerSocket victim;

    AttackerTest() throws IOException {
        victim = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        victim.setSoTimeout(MAX_WAIT_MILLIS);
    }

    @AfterEach
    void close() throws IOException {
        victim.close();
    }

    @Test
    void reopensAClosedConnection() throws Exception {
        Attack attack = new Attack(3, 3, 200, false, List.of(new byte[0]));
        try (Attacker attacker = new Attacker(attack, victim.getLocalPort())) {
            assertEquals(3, attacker.open());
            for (int i = 0; i < 20; i++) {
                accept().close();
            }

            // The one that was accepted last may not be counted yet.
            assertTrue(attacker.opened() >= 19);
            assertTrue(attacker.open() <= 3);
        }
    }

    @Test
    void opensConnectionsAtItsRateAndClosesTheOldest() throws Exception {
        Attack attack = new Attack(1, 5, 100, false, List.of(new byte[0]));
        long start = System.nanoTime();
        try (Attacker attacker = new Attacker(attack, victim.getLocalPort())) {
            Socket first = accept();
            for (int i = 1; i < 50; i++) {
                accept();
            }
            double seconds = (System.nanoTime() - start) / 1e9;

            assertTrue(seconds > 0.35, () -> "50 connections came in " + seconds + " s, at 100 a second");
            assertEquals(-1, first.getInputStream().read());
            assertTrue(attacker.open() <= 5);
        }
    }

    @Test
    void sendsAByteASecondWhereAskedTo() throws Exception {
        Attack attack = new Attack(1, 1, 1, true, List.of(new byte[] {7, 8}));
        try (Attacker attacker = new Attacker(attack, victim.getLocalPort())) {
            Socket socket = accept();
            assertEquals(7, socket.getInputStream().read());
            long start = System.nanoTime();
            assertEquals(8, socket.getInputStream().read());
            assertTrue(System.nanoTime() - start > 700_000_000L, "the second byte came too soon");
            assertEquals(1, attacker.opened());
        }
    }

    @Test
    void sendsAWholeMessageAtOnce() throws Exception {
        Attack attack = new Attack(2, 2, 1, false, List.of(new byte[] {1, 2}, new byte[] {3, 4}));
        try (Attacker attacker = new Attacker(attack, victim.getLocalPort())) {
            assertArrayEquals(new byte[] {1, 2}, accept().getInputStream().readNBytes(2));
            assertArrayEquals(new byte[] {3, 4}, accept().getInputStream().readNBytes(2));
            assertEquals(2, attacker.opened());
        }
    }

    @Test
    void aNodeAnswersTheHello() throws Exception {
        byte[] hello = Openings.hello();
        try (TestedServer server = Echoes.serve("coterie", 64);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(hello, 0, hello.length - 1);
            socket.setSoTimeout(MAX_WAIT_MILLIS);
            assertEquals(0, socket.getInputStream().available());
            socket.getOutputStream().write(hello, hello.length - 1, 1);

            assertTrue(socket.getInputStream().read() >= 0, "the node has closed the connection");
        }
    }

    @Test
    void aNodeClosesAConnectionWithBadFrames() throws Exception {
        for (byte[] frame : Openings.badFrames()) {
            try (TestedServer server = Echoes.serve("coterie", 64);
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoTimeout(MAX_WAIT_MILLIS);
                socket.getOutputStream().write(frame);
                readToTheEnd(socket);
            }
        }
    }

    @Test
    void aTlsPortClosesAConnectionWithAPlainHello() throws Exception {
        try (TestedServer server = Echoes.serve(Echoes.TLS, 64);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(MAX_WAIT_MILLIS);
            socket.getOutputStream().write(Openings.hello());
            readToTheEnd(socket);
        }
    }

    @Test
    void aPlainHelloNeedsATlsPort() {
        HostileBenchmark benchmark = new HostileBenchmark();
        benchmark.calls = 1;
        benchmark.disturbance = HostileBenchmark.PLAIN_TO_TLS;
        benchmark.security = HostileBenchmark.NONE;

        assertThrows(IllegalArgumentException.class, benchmark::connect);
    }

    @Test
    void theTlsHelloIsAHandshakeRecord() throws Exception {
        byte[] hello = Openings.tlsHello();

        assertEquals(22, hello[0]);
        assertEquals(hello.length - 5, ByteBuffer.wrap(hello).getShort(3));
    }

    @ParameterizedTest
    @CsvSource({
        "none, none, 1",
        "slow-loris, none, 200",
        "idle, none, 5000",
        "bad-lengths, none, 2",
        "tls-hello, none, 2",
        "plain-to-tls, tls, 2"
    })
    void aGoodClientIsServedAndNothingIsLeftBehind(String disturbance, String security, int connections)
            throws Exception {
        HostileBenchmark benchmark = new HostileBenchmark();
        benchmark.calls = 16;
        benchmark.disturbance = disturbance;
        benchmark.security = security;

        benchmark.connect();
        benchmark.disturb();
        benchmark.begin();
        do {
            benchmark.echo();
        } while (benchmark.connectionsOpened() < connections && !disturbance.equals("none"));
        benchmark.end();
        benchmark.close();

        assertFalse(ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive));
    }

    private Socket accept() throws IOException {
        Socket socket = victim.accept();
        socket.setSoTimeout(MAX_WAIT_MILLIS);
        return socket;
    }

    private static void readToTheEnd(Socket socket) throws IOException {
        try {
            // A node may send its hello before it sees what is wrong.
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // Closed with bytes of ours unread.
            assertEquals("Connection reset", e.getMessage());
        }
    }
}
