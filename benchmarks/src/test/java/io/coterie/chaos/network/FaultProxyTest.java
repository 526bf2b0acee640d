package io.coterie.chaos.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A byte that arrives shows that something passed; a read that times out shows that nothing did.
 */
class FaultProxyTest {
    private static final int NOTHING_MILLIS = 100;
    private static final int LONG_MILLIS = (int) TimeUnit.SECONDS.toMillis(20);

    private ServerSocket server;
    private FaultProxy proxy;
    private Socket near;
    private Socket far;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        server.setSoTimeout(LONG_MILLIS);
        proxy = new FaultProxy();
        proxy.leadTo(server.getLocalPort());
        near = dial();
        far = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        near.close();
        far.close();
        proxy.close();
        server.close();
    }

    @Test
    void bytesPassBothWays() throws IOException {
        assertPasses(near, far);
        assertPasses(far, near);
    }

    @Test
    void aShutGateHoldsOneDirectionUntilItOpens() throws IOException {
        proxy.forward().shut(true);
        near.getOutputStream().write(7);
        assertPasses(far, near);
        assertNothingAt(far);

        proxy.forward().heal();

        assertEquals(7, read(far));
    }

    @Test
    void theEndOfANodeBehindAShutGateIsNotSeen() throws IOException {
        proxy.backward().shut(true);
        far.setSoLinger(true, 0);
        far.close();
        assertNothingAt(near);
        near.getOutputStream().write(7);
        assertNothingAt(near);

        proxy.backward().heal();

        assertEnds(near);
    }

    @Test
    void noConnectionIsOpenedThroughAShutGate() throws IOException {
        proxy.backward().shut(true);
        try (Socket late = dial()) {
            late.getOutputStream().write(7);
            server.setSoTimeout(NOTHING_MILLIS);
            assertThrows(SocketTimeoutException.class, server::accept);

            proxy.backward().heal();

            server.setSoTimeout(LONG_MILLIS);
            try (Socket accepted = server.accept()) {
                assertEquals(7, read(accepted));
            }
        }
    }

    @Test
    void slownessDelaysAndEndsAtOnce() throws IOException {
        proxy.forward().slow(TimeUnit.MILLISECONDS.toNanos(300), Long.MAX_VALUE);
        long begin = System.nanoTime();
        assertPasses(near, far);
        assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(300));

        proxy.forward().slow(TimeUnit.HOURS.toNanos(1), Long.MAX_VALUE);
        near.getOutputStream().write(7);
        assertNothingAt(far);
        proxy.forward().heal();

        assertEquals(7, read(far));
    }

    @Test
    void aLowRateTakesItsTime() throws IOException {
        proxy.forward().slow(0, 10_000);
        long begin = System.nanoTime();
        near.getOutputStream().write(new byte[3_000]);
        far.getInputStream().readNBytes(3_000);

        assertTrue(System.nanoTime() - begin >= TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Test
    void aResetEndsBothSidesAndANewConnectionIsMade() throws IOException {
        proxy.reset();

        assertEnds(near);
        assertEnds(far);
        try (Socket next = dial();
                Socket accepted = server.accept()) {
            assertPasses(next, accepted);
        }
    }

    /**
     * The gate is opened only once the socket is connected: the reset would end {@code connect}
     * otherwise.
     */
    @Test
    void whereNobodyListensAConnectionEndsAtOnce() throws IOException {
        server.close();
        proxy.backward().shut(true);
        try (Socket refused = dial()) {
            proxy.backward().heal();
            assertEnds(refused);
        }
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket();
        String[] address = proxy.address().split(":", 2);
        socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), LONG_MILLIS);
        return socket;
    }

    private static void assertPasses(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(42);
        assertEquals(42, read(to));
    }

    private static int read(Socket socket) throws IOException {
        socket.setSoTimeout(LONG_MILLIS);
        return socket.getInputStream().read();
    }

    private static void assertNothingAt(Socket socket) throws IOException {
        socket.setSoTimeout(NOTHING_MILLIS);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
    }

    private static void assertEnds(Socket socket) throws IOException {
        try {
            assertEquals(-1, read(socket));
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            // An end as well.
        }
    }
}
