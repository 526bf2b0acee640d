package io.coterie.rpc.internal.nio;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One TCP connection, from its first packet to its last: bytes in, frames out of them, and the other way round. */
final class Connection implements EventLoop.ReadyHandler {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** So that one busy connection does not keep the others waiting. */
    private static final int MOST_READS_PER_TURN = 4;

    private final SocketChannel channel;
    private final Events events;
    private final FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
    private final WriteQueue queue;
    private final Consumer<Connection> flushLater;
    private final long maxQueuedBytes;
    private final String remote;
    private final @Nullable NodeId dialed;

    private @Nullable SelectionKey key;
    private State state = State.NEW;
    private @Nullable NodeId peer;
    private long peerStart;
    private int peerMaxMessage;
    private long lastHeard = System.nanoTime();
    private boolean flushPending;
    private boolean writeBlocked;

    /** Where a connection is in its life. */
    enum State {
        /** Not connected, or the two have not said yet who they are. */
        NEW,
        /** In use. */
        OPEN,
        /** Another connection has taken its place: it is read to its end, and nothing new is sent. */
        DRAINING,
        CLOSED
    }

    /** Is told on the loop what happens to connections. */
    interface Events {
        /** The connection that was dialed is there. */
        void onConnected(Connection connection);

        /** A frame came; its content is valid during the call. */
        void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException;

        /** The connection broke, or its bytes made no sense. It is not closed yet. */
        void onBroken(Connection connection, IOException reason);
    }

    /**
     * A connection that is not registered with the loop yet.
     *
     * @param dialed whom this end looks for, or null where the other end dialed
     * @param remote the other end's address, for people
     */
    Connection(
            SocketChannel channel,
            @Nullable NodeId dialed,
            String remote,
            ChunkPool chunks,
            long maxQueuedBytes,
            Consumer<Connection> flushLater,
            Events events) {
        this.channel = channel;
        this.dialed = dialed;
        this.remote = remote;
        this.queue = new WriteQueue(chunks);
        this.maxQueuedBytes = maxQueuedBytes;
        this.flushLater = flushLater;
        this.events = events;
    }

    void register(EventLoop loop) throws IOException {
        key = loop.register(channel, channel.isConnected() ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        if (channel.isConnected() && dialed != null) {
            events.onConnected(this);
        }
    }

    /** Both sides have said who they are. */
    void open(NodeId other, long otherStart, int maxMessageOfOther, int maxMessageBytes) {
        state = State.OPEN;
        peer = other;
        peerStart = otherStart;
        peerMaxMessage = maxMessageOfOther;
        reader.allow(maxMessageBytes + 1);
    }

    /** Takes the connection out of use: what the other end still sends is read. */
    void drain() {
        state = State.DRAINING;
    }

    void send(byte type, ByteBuffer content) {
        queue.add(type, content);
        requestFlush();
    }

    /** Sends a frame without content. */
    void send(byte type) {
        send(type, NOTHING);
    }

    /** Sends a part of the handshake. */
    void send(byte type, Consumer<ByteWriter> content) {
        ByteWriter out = new ByteWriter(Frame.MAX_HANDSHAKE_BODY);
        content.accept(out);
        send(type, out.view());
    }

    boolean hasRoomFor(int messageBytes) {
        return queue.queuedBytes() + messageBytes + Frame.OVERHEAD_BYTES <= maxQueuedBytes;
    }

    int peerMaxMessage() {
        return peerMaxMessage;
    }

    /** Writes what waits, unless the other end has stopped reading; the rest goes when it reads again. */
    void flush() {
        flushPending = false;
        if (state != State.CLOSED && !writeBlocked) {
            write();
        }
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        queue.clear();
        if (key != null) {
            key.cancel();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more, and nothing can be done about it.
            return;
        }
    }

    State state() {
        return state;
    }

    /** Whom this end looked for, or null where the other end dialed. */
    @Nullable
    NodeId dialed() {
        return dialed;
    }

    /** The node at the other end, once it has said so. */
    @Nullable
    NodeId peer() {
        return peer;
    }

    /** The id of the other end's start. */
    long peerStart() {
        return peerStart;
    }

    /** The other end's address, for people. */
    String remote() {
        return remote;
    }

    /** The other end's machine, for people. */
    String remoteHost() {
        return remote.substring(0, remote.lastIndexOf(':'));
    }

    /** When something was read last, as {@link System#nanoTime()}. */
    long lastHeard() {
        return lastHeard;
    }

    @Override
    public void onReady(SelectionKey ready) {
        try {
            if (ready.isConnectable()) {
                channel.finishConnect();
                ready.interestOps(SelectionKey.OP_READ);
                events.onConnected(this);
                return;
            }
            if (ready.isWritable()) {
                write();
            }
            if (ready.isValid() && ready.isReadable()) {
                read();
            }
        } catch (IOException e) {
            events.onBroken(this, e);
        } catch (CancelledKeyException e) {
            // Closed by what was done with the bytes that came before.
            return;
        }
    }

    private void read() throws IOException {
        for (int i = 0; i < MOST_READS_PER_TURN; i++) {
            int count = reader.fill(channel);
            if (count < 0) {
                end();
                return;
            }
            if (count > 0) {
                lastHeard = System.nanoTime();
                frames();
            }
            if (state == State.CLOSED || !reader.full()) {
                return;
            }
        }
    }

    private void frames() throws FrameException {
        for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
            byte type = body.get();
            events.onFrame(this, type, body);
            if (state == State.CLOSED) {
                return;
            }
        }
    }

    private void end() throws IOException {
        if (reader.midFrame()) {
            throw new FrameException("a frame that ends too early, with the connection");
        }
        throw new EOFException("the other end closed the connection");
    }

    private void requestFlush() {
        if (!flushPending && state != State.CLOSED) {
            flushPending = true;
            flushLater.accept(this);
        }
    }

    private void write() {
        SelectionKey registered = key;
        if (registered == null || !channel.isConnected()) {
            return;
        }
        try {
            boolean all = queue.writeTo(channel);
            if (all == writeBlocked) {
                writeBlocked = !all;
                registered.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            events.onBroken(this, e);
        }
    }

    @Override
    public String toString() {
        return (peer != null ? peer : dialed != null ? dialed : "an unknown node") + " at " + remote;
    }
}
