package io.coterie.rpc.security;

import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/**
 * Sits between two nodes that speak TLS, with a certificate of its own: reads all that they send,
 * and passes it on.
 */
public final class TlsRelay implements AutoCloseable {
    private final SSLContext context;
    private final int port;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** @param port of the node on this machine that those who dial the relay look for */
    public TlsRelay(SSLContext context, int port) throws IOException {
        this.context = context;
        this.port = port;
        this.listening = context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    public HostPort address() {
        return new HostPort("127.0.0.1", listening.getLocalPort());
    }

    private void accept() throws IOException {
        while (true) {
            Socket from = listening.accept();
            Socket to = context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
            sockets.addAll(List.of(from, to));
            run(() -> pass(from, to));
            run(() -> pass(to, from));
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[1 << 14];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                out.write(bytes, 0, count);
                out.flush();
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
                "tls-relay");
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
