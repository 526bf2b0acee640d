package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.harness.Parent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A process that carries out an {@link Attack} on a port of this machine, from one thread. */
final class Attacker implements AutoCloseable {
    /** The question that the process answers with how many connections it has opened. */
    static final String OPENED = "opened";

    private static final long TICK_MILLIS = 5;
    private static final long BYTE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Attack attack;
    private final InetSocketAddress target;
    private final Selector selector = Selector.open();
    private final Deque<Harm> harms = new ArrayDeque<>();
    private final ByteBuffer ignored = ByteBuffer.allocate(1 << 16);
    private final Thread thread = new Thread(this::run, "attacker");
    private final long startNanos;
    private final AtomicInteger opened = new AtomicInteger();
    private volatile int open;
    private volatile boolean running = true;
    private volatile @Nullable Exception failure;

    /** Begins. When this returns, all connections that are opened at once are open. */
    Attacker(Attack attack, int port) throws IOException {
        this.attack = attack;
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < attack.atOnce(); i++) {
            openOne();
        }
        startNanos = System.nanoTime();
        thread.start();
    }

    int opened() {
        check();
        return opened.get();
    }

    int open() {
        check();
        return open;
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
            for (Harm harm : harms) {
                harm.channel.close();
            }
            selector.close();
        } catch (InterruptedException | IOException e) {
            throw new IllegalStateException("the attack does not end", e);
        }
    }

    private void run() {
        try {
            double allowed = 0;
            long last = startNanos;
            while (running) {
                long now = System.nanoTime();
                // Unused allowance is dropped: an attack that rests does not come back with a
                // storm.
                allowed = Math.min(allowed + (now - last) / 1e9 * attack.perSecond(), attack.perSecond() / 10.0);
                last = now;
                for (; allowed >= 1 && !(attack.holding() && harms.size() >= attack.atMost()); allowed--) {
                    openOne();
                }
                for (Harm harm : harms) {
                    harm.resume(now);
                }
                readAll();
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private void openOne() throws IOException {
        if (harms.size() >= attack.atMost()) {
            harms.remove().channel.close();
        }
        SocketChannel channel = SocketChannel.open(target);
        byte[] message = attack.messages()
                .get(opened.getAndIncrement() % attack.messages().size());
        Harm harm = new Harm(channel, ByteBuffer.wrap(message));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, harm);
        harms.add(harm);
        open = harms.size();
    }

    /** Waits for a moment, and drops the connections that the server has closed. */
    private void readAll() throws IOException {
        selector.select(TICK_MILLIS);
        for (SelectionKey key : selector.selectedKeys()) {
            Harm harm = (Harm) key.attachment();
            if (harm.hasEnded(ignored.clear())) {
                harm.channel.close();
                harms.remove(harm);
            }
        }
        selector.selectedKeys().clear();
        open = harms.size();
    }

    private void check() {
        if (failure != null) {
            throw new IllegalStateException("the attack has failed", failure);
        }
    }

    /** One connection. */
    private final class Harm {
        private final SocketChannel channel;
        private final ByteBuffer left;
        private long due = System.nanoTime();

        Harm(SocketChannel channel, ByteBuffer message) {
            this.channel = channel;
            this.left = message;
        }

        void resume(long now) {
            if (!left.hasRemaining() || now < due) {
                return;
            }
            ByteBuffer next = attack.byteByByte() ? left.slice(left.position(), 1) : left.slice();
            due = now + BYTE_NANOS;
            try {
                left.position(left.position() + channel.write(next));
            } catch (IOException e) {
                // The server has closed it. The read that follows sees that, too.
                left.position(left.limit());
            }
        }

        boolean hasEnded(ByteBuffer sink) {
            try {
                return channel.read(sink) < 0;
            } catch (IOException e) {
                // The server has closed it with our bytes unread.
                return true;
            }
        }
    }

    /**
     * Attacks until the parent is done.
     *
     * @param args the name of the attack, and the port
     */
    public static void main(String[] args) throws Exception {
        try (Attacker attacker = new Attacker(Attack.of(args[0]), Integer.parseInt(args[1]))) {
            Parent.attend(args[0], question -> {
                if (!question.equals(OPENED)) {
                    throw new IllegalArgumentException("question \"" + question + "\" is not " + OPENED);
                }
                return Integer.toString(attacker.opened());
            });
        }
    }
}
