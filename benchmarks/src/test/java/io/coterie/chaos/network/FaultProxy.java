package io.coterie.chaos.network;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connection by which one node dials another: a port of this process that can cause faults. It
 * needs no special rights, and works on loopback.
 *
 * <p>News of a closed end passes the gates as bytes do, so that a node behind a shut gate keeps a
 * half-open connection.
 */
final class FaultProxy implements Closeable {
    private static final int CONNECT_MILLIS = (int) TimeUnit.SECONDS.toMillis(2);
    private static final int PIECE_BYTES = 16 << 10;

    private final ServerSocket server;
    private final Gate forward = new Gate();
    private final Gate backward = new Gate();
    private final Set<Socket> sockets = new HashSet<>();
    private volatile int target;
    private boolean closed;

    FaultProxy() throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        start(this::acceptAll);
    }

    /** As in {@code 127.0.0.1:7400}. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** New connections go to this port of loopback from now on. */
    void leadTo(int port) {
        target = port;
    }

    /** From the node that dials to the one that is dialed. */
    Gate forward() {
        return forward;
    }

    Gate backward() {
        return backward;
    }

    /** Ends all connections with a reset, to the surprise of both ends. */
    void reset() {
        Set<Socket> all;
        synchronized (sockets) {
            all = Set.copyOf(sockets);
        }
        all.forEach(this::reset);
    }

    @Override
    public void close() {
        synchronized (sockets) {
            closed = true;
        }
        forward.close();
        backward.close();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket socket = server.accept();
            keep(socket);
            start(() -> connect(socket));
        }
    }

    /** What is sent to open a connection has to pass both gates, there and back. */
    private void connect(Socket from) throws InterruptedException {
        try {
            forward.pass(0);
            backward.pass(0);
            Socket to = new Socket();
            keep(to);
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
            start(() -> pump(from, to, forward, backward));
            start(() -> pump(to, from, backward, forward));
        } catch (IOException nobodyListensOrGoneAlready) {
            backward.pass(0);
            reset(from);
        }
    }

    private void pump(Socket from, Socket to, Gate gate, Gate back) throws InterruptedException {
        byte[] bytes = new byte[PIECE_BYTES];
        while (true) {
            int count;
            try {
                count = from.getInputStream().read(bytes);
            } catch (IOException gone) {
                gate.pass(0);
                break;
            }
            gate.pass(Math.max(0, count));
            try {
                if (count < 0) {
                    to.shutdownOutput();
                    return;
                }
                to.getOutputStream().write(bytes, 0, count);
            } catch (IOException gone) {
                back.pass(0);
                break;
            }
        }
        reset(from);
        reset(to);
    }

    private void keep(Socket socket) {
        synchronized (sockets) {
            sockets.removeIf(Socket::isClosed);
            sockets.add(socket);
            if (!closed) {
                return;
            }
        }
        reset(socket);
    }

    private void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            // That is what was wanted.
        }
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        if (!server.isClosed()) {
                            throw new UncheckedIOException(e);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                FaultNetwork.THREADS + server.getLocalPort());
        thread.setDaemon(true);
        thread.start();
    }
}
