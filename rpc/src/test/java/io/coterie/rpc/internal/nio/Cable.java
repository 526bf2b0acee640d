package io.coterie.rpc.internal.nio;

import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A piece of network between two nodes that can be cut, with a word or without one. */
public final class Cable implements AutoCloseable {
    private static final int SMALL_BUFFER = 32 << 10;

    private final ServerSocket listening;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final AtomicLong carried = new AtomicLong();
    private volatile @Nullable HostPort target;
    private volatile boolean black;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    /** A cable that leads nowhere yet: connections to it are closed. */
    public Cable() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        inThread(this::acceptAll);
    }

    /** Leads there from now on. */
    public Cable leadTo(HostPort address) {
        target = address;
        return this;
    }

    public HostPort address() {
        return new HostPort("127.0.0.1", listening.getLocalPort());
    }

    /** How many bytes went either way. */
    public long carriedBytes() {
        return carried.get();
    }

    /**
     * Carries that much in each direction from now on, and buffers little. For connections that are
     * made afterwards.
     */
    public Cable slow(long bytesEachSecond) {
        try {
            listening.setReceiveBufferSize(SMALL_BUFFER);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        bytesPerSecond = bytesEachSecond;
        return this;
    }

    /** Resets all connections. */
    public void reset() {
        pairs.forEach(Pair::reset);
    }

    /** Carries nothing more on the present connections, without a report. */
    public void freeze() {
        pairs.forEach(pair -> pair.frozen = true);
    }

    /** Takes connections and carries nothing on any, from now on. */
    public void goBlack() {
        black = true;
        freeze();
    }

    @Override
    public void close() {
        closeQuietly(listening);
        reset();
    }

    private void acceptAll() {
        while (!listening.isClosed()) {
            try {
                Socket from = listening.accept();
                inThread(() -> connect(from));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket from) {
        Socket to = onward();
        if (to == null) {
            closeQuietly(from);
            return;
        }
        Pair pair = new Pair(from, to);
        pair.frozen = black;
        pairs.add(pair);
        inThread(() -> pair.carry(from, to));
        inThread(() -> pair.carry(to, from));
    }

    private @Nullable Socket onward() {
        HostPort address = target;
        try {
            if (address == null) {
                return null;
            }
            Socket socket = new Socket();
            if (bytesPerSecond < Long.MAX_VALUE) {
                socket.setReceiveBufferSize(SMALL_BUFFER);
            }
            socket.connect(new InetSocketAddress(address.host(), address.port()));
            return socket;
        } catch (IOException e) {
            // Nobody is there.
            return null;
        }
    }

    private final class Pair {
        final Socket one;
        final Socket other;
        volatile boolean frozen;
        private int ended;

        Pair(Socket one, Socket other) {
            this.one = one;
            this.other = other;
        }

        /** Carries bytes, a FIN at their end, or a RST. */
        void carry(Socket from, Socket to) {
            byte[] bytes = new byte[8192];
            long free = System.nanoTime();
            try {
                from.setTcpNoDelay(true);
                InputStream in = from.getInputStream();
                for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                    if (!frozen) {
                        to.getOutputStream().write(bytes, 0, count);
                        carried.addAndGet(count);
                        free = pace(free, count);
                    }
                }
                if (!frozen) {
                    to.shutdownOutput();
                    end();
                }
            } catch (IOException e) {
                if (!frozen) {
                    reset();
                }
            }
        }

        /** Waits until the link is free again. Returns when that is. */
        private long pace(long free, int count) {
            long rate = bytesPerSecond;
            if (rate == Long.MAX_VALUE) {
                return free;
            }
            long next = Math.max(free, System.nanoTime()) + count * TimeUnit.SECONDS.toNanos(1) / rate;
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return next;
        }

        private synchronized void end() {
            if (++ended == 2) {
                pairs.remove(this);
                closeQuietly(one);
                closeQuietly(other);
            }
        }

        void reset() {
            pairs.remove(this);
            resetQuietly(one);
            resetQuietly(other);
        }
    }

    private static void resetQuietly(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Its other end, or the other thread, was faster.
            return;
        } finally {
            closeQuietly(socket);
        }
    }

    private static void inThread(Runnable task) {
        Thread thread = new Thread(task, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
