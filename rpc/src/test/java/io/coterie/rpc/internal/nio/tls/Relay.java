package io.coterie.rpc.internal.nio.tls;

import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Sits between two nodes, and passes on what they send, or something like it. */
final class Relay implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final HostPort target;
    private volatile boolean damages;
    private volatile boolean refuses;
    private final AtomicLong answered = new AtomicLong();

    Relay(HostPort target) throws IOException {
        this.target = target;
        run(this::accept);
    }

    HostPort address() {
        return new HostPort("127.0.0.1", listening.getLocalPort());
    }

    /** Changes one bit in the last byte of the next piece that the node that dialed sends. */
    void damageNext() {
        damages = true;
    }

    /** How many bytes have come from the node that was dialed. */
    long answered() {
        return answered.get();
    }

    void refuseOthers() {
        refuses = true;
    }

    /** Ends both connections without a word of TLS. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            end(socket);
        }
    }

    private static void end(Socket socket) throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException e) {
            // The end of the one before it may have ended this one, too.
            if (!socket.isClosed()) {
                throw e;
            }
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket from = listening.accept();
            sockets.add(from);
            if (refuses) {
                from.close();
                continue;
            }
            Socket to = new Socket(target.host(), target.port());
            sockets.add(to);
            run(() -> pass(from, to, true));
            run(() -> pass(to, from, false));
        }
    }

    private void pass(Socket from, Socket to, boolean outward) throws IOException {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[1 << 16];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (outward && damages) {
                    damages = false;
                    bytes[count - 1] ^= 1;
                }
                if (!outward) {
                    // Before it is passed on: who has read it finds it counted.
                    answered.addAndGet(count);
                }
                out.write(bytes, 0, count);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two ends has closed, or the test has.
                        return;
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
