package io.coterie.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a port of this machine that carries few bytes a second in each direction, and keeps few
 * of them.
 */
public final class SlowLink implements AutoCloseable {
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int PIECE_BYTES = 8 << 10;
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ServerSocket listening;
    private final int port;
    private final long nanosPerKibibyte;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong carriedBack = new AtomicLong();
    private volatile boolean held;

    public SlowLink(int port, long bytesPerSecond) {
        this.port = port;
        this.nanosPerKibibyte = TimeUnit.SECONDS.toNanos(1) * 1024 / bytesPerSecond;
        try {
            listening = new ServerSocket();
            listening.setReceiveBufferSize(BUFFER_BYTES);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(this::acceptAll);
    }

    public String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** How many bytes have come to the end that dialed. */
    public long carriedBack() {
        return carriedBack.get();
    }

    /** From now on, or no more, it takes bytes and carries none, and keeps its connections. */
    public void hold(boolean choice) {
        held = choice;
    }

    private void acceptAll() throws IOException {
        while (true) {
            Socket from = listening.accept();
            Socket to = new Socket();
            sockets.add(from);
            sockets.add(to);
            to.setReceiveBufferSize(BUFFER_BYTES);
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            run(() -> carry(from, to, new AtomicLong()));
            run(() -> carry(to, from, carriedBack));
        }
    }

    private void carry(Socket from, Socket to, AtomicLong carried) throws IOException {
        to.setTcpNoDelay(true);
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] piece = new byte[PIECE_BYTES];
            long free = System.nanoTime();
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                while (held) {
                    LockSupport.parkNanos(HELD_NANOS);
                }
                out.write(piece, 0, count);
                carried.addAndGet(count);
                free = Math.max(free, System.nanoTime()) + count * nanosPerKibibyte / 1024;
                for (long left = free - System.nanoTime(); left > 0; left = free - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
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
                "slow-link");
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
