package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection, from its first packet to its last. It turns bytes into frames, and frames
 * into bytes.
 */
public final class Connection implements EventLoop.ReadyHandler {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** So that one busy connection does not keep the others waiting. */
    private static final int MAX_READS_PER_TURN = 4;

    /**
     * After so many frames, they are written before the turn ends. With hundreds of calls in
     * flight, a single write at the end of the turn would make each end wait while the other takes
     * its turn. With fewer frames, system calls would cost more than is gained.
     */
    private static final int MAX_FRAMES_AHEAD = 64;

    /**
     * An end that gets fewer bytes between two checks need not report that they arrive: so few do
     * not wait in a buffer for long. A ping and its answer are less, so that two idle ends do not
     * answer each other for ever.
     */
    private static final int FEW_BYTES = 4 << 10;

    /**
     * A short message may still be sent when longer ones may not, so that a node can report that an
     * answer was not sent.
     */
    private static final int SHORT_BYTES = 2 << 10;

    private static final int SHORT_RESERVE_BYTES = 64 << 10;

    private final Wire wire;
    private final Events events;
    private final FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
    private final WriteQueue queue;
    private final Consumer<Connection> flushLater;
    private final long maxQueuedBytes;
    private final String remote;
    private @Nullable NodeId dialed;
    private boolean otherSought;

    private @Nullable SelectionKey key;
    private @Nullable EventLoop loop;
    private int interest;
    private State state = State.NEW;
    private @Nullable NodeId peer;
    private Role role = Role.READER;
    private long peerStart;
    private int peerMaxMessage;
    private long lastSign = System.nanoTime();
    private long openedAt;
    private long heardSinceLook;
    private boolean saidSinceLook;
    private int framesAhead;
    private boolean flushPending;
    private boolean writeBlocked;
    private boolean established;

    /** The states of a connection, in their order. */
    public enum State {
        /** Not connected yet, or the handshake is not complete. */
        NEW,
        /** In use. */
        OPEN,
        /**
         * Another connection has replaced it: it is read to its end, and no new message is sent.
         */
        DRAINING,
        CLOSED
    }

    /** Is notified of the events of connections, on the loop. */
    public interface Events {
        /** The connection was opened, and TLS is established if it is used. */
        void onConnected(Connection connection);

        /** A frame came. Its content is valid during the call only. */
        void onFrame(Connection connection, byte type, ByteBuffer content) throws FrameException;

        /** The connection broke, or sent wrong bytes. It is not closed yet. */
        void onBroken(Connection connection, IOException reason);
    }

    /**
     * A connection that is not registered with the loop yet.
     *
     * @param dialed the node that this end dialed; null if the other end dialed, or if this end
     *     does not know yet whom it dialed
     * @param remote the other end's address, human-readable
     */
    public Connection(
            Wire wire,
            @Nullable NodeId dialed,
            String remote,
            ChunkPool chunks,
            long maxQueuedBytes,
            Consumer<Connection> flushLater,
            Events events) {
        this.wire = wire;
        this.dialed = dialed;
        this.remote = remote;
        this.queue = new WriteQueue(chunks);
        this.maxQueuedBytes = maxQueuedBytes;
        this.flushLater = flushLater;
        this.events = events;
    }

    public void register(EventLoop onLoop) throws IOException {
        loop = onLoop;
        wire.begin(this::resume);
        SocketChannel channel = wire.socket();
        interest = channel.isConnected() ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
        key = onLoop.register(channel, interest, this);
        if (channel.isConnected()) {
            establish();
            updateInterest();
        }
    }

    /** Opens the connection, after the handshake. */
    public void open(NodeId other, Role itsRole, long otherStart, int maxMessageOfOther, int maxMessageBytes) {
        state = State.OPEN;
        openedAt = System.nanoTime();
        peer = other;
        role = itsRole;
        peerStart = otherStart;
        peerMaxMessage = maxMessageOfOther;
        reader.allow(maxMessageBytes + 1);
        // The other end expects the rest of the handshake before anything else.
        queue.keepOrder();
    }

    /** Takes the connection out of use. What the other end still sends is read. */
    public void drain() {
        state = State.DRAINING;
    }

    public void send(byte type, ByteBuffer content) {
        try {
            queue.add(type, content);
        } catch (Throwable e) {
            // Perhaps half a frame was added, and the other end could read nothing after it.
            broken(e);
            throw e;
        }
        saidSinceLook = true;
        requestFlush();
    }

    /**
     * Sends a message together with others of the same turn: at the end of the turn, or earlier
     * when there are so many that the other end should begin with them.
     */
    public void sendMessage(ByteBuffer message) {
        send(Frame.MESSAGE, message);
        if (++framesAhead >= MAX_FRAMES_AHEAD) {
            writeAhead();
        }
    }

    /**
     * Sends a short message before those that wait, but for the rest of one. Returns whether there
     * was room for it.
     */
    public boolean sendUrgent(ByteBuffer message) {
        return message.remaining() <= SHORT_BYTES && sendUrgent(Frame.MESSAGE, message);
    }

    private boolean sendUrgent(byte type, ByteBuffer content) {
        try {
            if (!queue.addUrgent(type, content)) {
                return false;
            }
        } catch (Throwable e) {
            broken(e);
            throw e;
        }
        saidSinceLook = true;
        requestFlush();
        return true;
    }

    /** Sends a frame without content. A ping and its answer overtake what waits. */
    public void send(byte type) {
        boolean overtakes = type == Frame.PING || type == Frame.PONG;
        if (!overtakes || !sendUrgent(type, NOTHING)) {
            send(type, NOTHING);
        }
    }

    /** Sends a part of the handshake. */
    public void send(byte type, Consumer<ByteWriter> content) {
        ByteWriter out = new ByteWriter(Frame.MAX_HANDSHAKE_BODY);
        content.accept(out);
        send(type, out.view());
    }

    public boolean hasRoomFor(int messageBytes) {
        long most = messageBytes <= SHORT_BYTES ? maxQueuedBytes + SHORT_RESERVE_BYTES : maxQueuedBytes;
        return queue.queuedBytes() + messageBytes + Frame.OVERHEAD_BYTES <= most;
    }

    public int peerMaxMessage() {
        return peerMaxMessage;
    }

    /**
     * Writes what waits, unless the other end has stopped reading; then the rest is written when it
     * reads again.
     */
    public void flush() {
        flushPending = false;
        framesAhead = 0;
        if (state != State.CLOSED && !writeBlocked) {
            write();
        }
    }

    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        queue.clear();
        if (key != null) {
            key.cancel();
        }
        try {
            wire.close();
        } catch (IOException e) {
            // It is no longer used, and nothing can be done about it.
            return;
        }
    }

    public State state() {
        return state;
    }

    /**
     * The node that this end dialed; null if the other end dialed, or if this end does not know yet
     * whom it dialed.
     */
    @Nullable
    public NodeId dialed() {
        return dialed;
    }

    /** This end knows now whom it dialed. */
    public void hasDialed(NodeId node) {
        dialed = node;
    }

    /** Whether the other end dialed, and did not know then whom. */
    public boolean otherSought() {
        return otherSought;
    }

    /** The other end dialed, and did not know whom. */
    public void otherSeeks() {
        otherSought = true;
    }

    /** The node at the other end, after the handshake; else null. */
    @Nullable
    public NodeId peer() {
        return peer;
    }

    /** What the node at the other end may do here, after the handshake. */
    public Role role() {
        return role;
    }

    /** The id of the other end's start. */
    public long peerStart() {
        return peerStart;
    }

    /** For how long the other end has been known, in nanoseconds; after the handshake. */
    public long openNanos() {
        return System.nanoTime() - openedAt;
    }

    /** The other end's address, human-readable. */
    public String remote() {
        return remote;
    }

    /** The other end's machine, human-readable. */
    public String remoteHost() {
        return remote.substring(0, remote.lastIndexOf(':'));
    }

    /**
     * The time of the last sign of life of the other end, as {@link System#nanoTime()}: bytes came
     * from it, or it read bytes that had waited for it.
     */
    public long lastSign() {
        return lastSign;
    }

    /**
     * Writes what the other end accepts by now. The system reports room only when there is much of
     * it, and on a slow link that takes longer than a silence may last.
     */
    public void writeBlocked() {
        if (state != State.CLOSED && writeBlocked) {
            write();
        }
    }

    /**
     * Whether the other end sends, and this end has sent nothing since the last check. The other
     * end cannot know that its bytes arrive, because its pings wait behind them.
     */
    public boolean owesSign() {
        boolean owes = !saidSinceLook && (heardSinceLook >= FEW_BYTES || (heardSinceLook > 0 && reader.midFrame()));
        heardSinceLook = 0;
        saidSinceLook = false;
        return owes;
    }

    /** What the other end has not done yet in the handshake; human-readable. */
    public String missing() {
        if (!wire.socket().isConnected()) {
            return "answered";
        }
        return established ? "proven who it is" : "completed the TLS handshake";
    }

    /** The hash that identifies its channel (see {@link Wire#binding}), or null. */
    public byte @Nullable [] binding() {
        return wire.binding();
    }

    /** Why the other end cannot be that node, or null if its certificate does not exclude it. */
    @Nullable
    public Refusal objectionTo(NodeId node) {
        return wire.objectionTo(node);
    }

    @Override
    public void onReady(SelectionKey ready) {
        try {
            boolean writable = ready.isWritable();
            boolean readable = ready.isReadable();
            if (ready.isConnectable()) {
                wire.socket().finishConnect();
            }
            advance(writable, readable);
        } catch (IOException e) {
            events.onBroken(this, e);
        } catch (CancelledKeyException e) {
            // A handler of earlier bytes has closed the connection.
            return;
        } catch (Throwable e) {
            broken(e);
            throw e;
        }
    }

    /**
     * Ends the connection after an exception, often because memory ran out: nobody knows how many
     * bytes were handled.
     */
    private void broken(Throwable thrown) {
        events.onBroken(this, new IOException("this node failed while it handled the connection: " + thrown, thrown));
    }

    /**
     * Continues after work of the wire has ended, or when there is more to read that the socket
     * does not report.
     */
    private void resume() {
        if (state == State.CLOSED) {
            return;
        }
        try {
            advance(writeBlocked, true);
        } catch (IOException e) {
            events.onBroken(this, e);
        } catch (Throwable e) {
            broken(e);
            throw e;
        }
    }

    private void advance(boolean writable, boolean readable) throws IOException {
        if (establish()) {
            if (writable) {
                write();
            }
            if (state != State.CLOSED && (readable || wire.hasInput())) {
                read();
            }
        }
        updateInterest();
    }

    private boolean establish() throws IOException {
        if (established) {
            return true;
        }
        if (!wire.establish()) {
            return false;
        }
        established = true;
        events.onConnected(this);
        return true;
    }

    private void updateInterest() {
        SelectionKey registered = key;
        if (registered == null || state == State.CLOSED) {
            return;
        }
        int wanted = SelectionKey.OP_CONNECT;
        if (wire.socket().isConnected()) {
            wanted = wire.interest();
            if (writeBlocked && wanted != 0) {
                wanted |= SelectionKey.OP_WRITE;
            }
        }
        if (wanted != interest) {
            interest = wanted;
            registered.interestOps(wanted);
        }
    }

    private void read() throws IOException {
        EventLoop onLoop = Objects.requireNonNull(loop);
        for (int i = 0; i < MAX_READS_PER_TURN; i++) {
            int count = reader.fill(wire);
            if (count < 0) {
                end();
                return;
            }
            if (count > 0) {
                lastSign = System.nanoTime();
                heardSinceLook += count;
                frames(onLoop);
            }
            if (state == State.CLOSED || (!reader.full() && !wire.hasInput())) {
                return;
            }
        }
        if (wire.hasInput()) {
            onLoop.execute(this::resume);
        }
    }

    private void frames(EventLoop onLoop) throws FrameException {
        for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
            onLoop.frameCame();
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

    /**
     * Writes what waits before the turn ends. A failure is not reported here, where a caller is in
     * the middle of a message: the write at the end of the turn fails again, and reports it.
     */
    public void writeAhead() {
        if (!established || writeBlocked) {
            return;
        }
        try {
            framesAhead = queue.writeTo(wire) ? 0 : Integer.MIN_VALUE;
        } catch (IOException e) {
            framesAhead = Integer.MIN_VALUE;
        }
    }

    private void write() {
        if (!established) {
            return;
        }
        long waiting = queue.queuedBytes();
        try {
            boolean all = queue.writeTo(wire) && wire.flush();
            if (writeBlocked && queue.queuedBytes() < waiting) {
                // Its buffers were full, so its reading has made the room. Bytes that go into empty
                // buffers prove nothing.
                lastSign = System.nanoTime();
            }
            if (all == writeBlocked) {
                writeBlocked = !all;
                updateInterest();
            }
        } catch (IOException e) {
            events.onBroken(this, e);
        } catch (Throwable e) {
            broken(e);
            throw e;
        }
    }

    @Override
    public String toString() {
        return (peer != null ? peer : dialed != null ? dialed : "an unknown node") + " at " + remote;
    }
}
