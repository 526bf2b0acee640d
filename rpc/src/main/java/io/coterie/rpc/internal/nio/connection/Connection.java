package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Role;
import io.coterie.rpc.internal.nio.loop.EventLoop;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One TCP connection, from its first packet to its last: bytes in, frames out of them, and the other way round. */
public final class Connection implements EventLoop.ReadyHandler {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** So that one busy connection does not keep the others waiting. */
    private static final int MAX_READS_PER_TURN = 4;

    /**
     * With hundreds of calls under way, to write but once a turn would have each end wait while the other takes its turn. Fewer
     * frames would cost more in system calls than is gained.
     */
    private static final int MAX_FRAMES_AHEAD = 64;

    /**
     * Who gets fewer bytes between two looks need not say that they arrive: that many wait in no buffer for long. A ping and its
     * answer are less, so that two idle ends do not answer each other for ever.
     */
    private static final int FEW_BYTES = 4 << 10;

    /** A short message still finds room where longer ones do not: that an answer was not sent must be said. */
    private static final int SHORT_BYTES = 2 << 10;

    private static final int SHORT_RESERVE_BYTES = 64 << 10;

    private final Wire wire;
    private final Events events;
    private final FrameReader reader = new FrameReader(Frame.MAX_HANDSHAKE_BODY);
    private final WriteQueue queue;
    private final Consumer<Connection> flushLater;
    private final long maxQueuedBytes;
    private final String remote;
    private final @Nullable NodeId dialed;

    private @Nullable SelectionKey key;
    private @Nullable EventLoop loop;
    private int interest;
    private State state = State.NEW;
    private @Nullable NodeId peer;
    private Role role = Role.READER;
    private long peerStart;
    private int peerMaxMessage;
    private long lastSign = System.nanoTime();
    private long heardSinceLook;
    private boolean saidSinceLook;
    private int framesAhead;
    private boolean flushPending;
    private boolean writeBlocked;
    private boolean established;

    /** Where a connection is in its life. */
    public enum State {
        /** Not connected, or the two have not said yet who they are. */
        NEW,
        /** In use. */
        OPEN,
        /** Another connection has taken its place: it is read to its end, and nothing new is sent. */
        DRAINING,
        CLOSED
    }

    /** Is told on the loop what happens to connections. */
    public interface Events {
        /** The connection that was dialed is there, with TLS if that is asked for. */
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
        wire.begin(this::goOn);
        SocketChannel channel = wire.socket();
        interest = channel.isConnected() ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
        key = onLoop.register(channel, interest, this);
        if (channel.isConnected()) {
            establish();
            updateInterest();
        }
    }

    /** Both sides have said who they are. */
    public void open(NodeId other, Role itsRole, long otherStart, int maxMessageOfOther, int maxMessageBytes) {
        state = State.OPEN;
        peer = other;
        role = itsRole;
        peerStart = otherStart;
        peerMaxMessage = maxMessageOfOther;
        reader.allow(maxMessageBytes + 1);
    }

    /** Takes the connection out of use: what the other end still sends is read. */
    public void drain() {
        state = State.DRAINING;
    }

    public void send(byte type, ByteBuffer content) {
        try {
            queue.add(type, content);
        } catch (Throwable e) {
            // Perhaps half a frame, behind which nothing could be read.
            broken(e);
            throw e;
        }
        saidSinceLook = true;
        requestFlush();
    }

    /**
     * Sends a message, with others of the same turn: at the end of the turn, or when there are so many that the other end had
     * better begin with them while this one goes on.
     */
    public void sendMessage(ByteBuffer message) {
        send(Frame.MESSAGE, message);
        if (++framesAhead >= MAX_FRAMES_AHEAD) {
            writeAhead();
        }
    }

    /** Sends a frame without content. */
    public void send(byte type) {
        send(type, NOTHING);
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

    /** Writes what waits, unless the other end has stopped reading; the rest goes when it reads again. */
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
            // It is of no use any more, and nothing can be done about it.
            return;
        }
    }

    public State state() {
        return state;
    }

    /** Whom this end looked for, or null where the other end dialed. */
    @Nullable
    public NodeId dialed() {
        return dialed;
    }

    /** The node at the other end, once it has said so. */
    @Nullable
    public NodeId peer() {
        return peer;
    }

    /** What the node at the other end may do here, once it has said who it is. */
    public Role role() {
        return role;
    }

    /** The id of the other end's start. */
    public long peerStart() {
        return peerStart;
    }

    /** The other end's address, for people. */
    public String remote() {
        return remote;
    }

    /** The other end's machine, for people. */
    public String remoteHost() {
        return remote.substring(0, remote.lastIndexOf(':'));
    }

    /**
     * When the other end gave a sign of life last, as {@link System#nanoTime()}: bytes of it came, or it took bytes that
     * had waited for it to read.
     */
    public long lastSign() {
        return lastSign;
    }

    /**
     * Writes what the other end takes by now. The system tells of room only when there is much of it, which takes a slow
     * link longer than a silence may last.
     */
    public void writeBlocked() {
        if (state != State.CLOSED && writeBlocked) {
            write();
        }
    }

    /**
     * Whether the other end sends, and has heard nothing of this one since this was asked last. It cannot know that what
     * it sends arrives: its pings wait behind that.
     */
    public boolean owesSign() {
        boolean owes = !saidSinceLook && (heardSinceLook >= FEW_BYTES || (heardSinceLook > 0 && reader.midFrame()));
        heardSinceLook = 0;
        saidSinceLook = false;
        return owes;
    }

    /** What the other end has not done yet of what comes before it is known, for people. */
    public String missing() {
        if (!wire.socket().isConnected()) {
            return "answered";
        }
        return established ? "said who it is" : "completed the TLS handshake";
    }

    /** What tells its channel from others (see {@link Wire#binding}), or null. */
    public byte @Nullable [] binding() {
        return wire.binding();
    }

    /** Why the other end cannot be that node, or null if nothing that it has shown speaks against it. */
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
            // Closed by what was done with the bytes that came before.
            return;
        } catch (Throwable e) {
            broken(e);
            throw e;
        }
    }

    /** Whatever it is, often a want of memory: how much of it was done with the bytes, nobody knows. */
    private void broken(Throwable thrown) {
        events.onBroken(this, new IOException("this node failed in the midst of it: " + thrown, thrown));
    }

    /** Work of the wire has ended, or there is more to read that the socket does not tell of. */
    private void goOn() {
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
        if (dialed != null) {
            events.onConnected(this);
        }
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
            onLoop.execute(this::goOn);
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
     * Writes what waits before the turn ends. Whatever goes wrong is met again, and told, at the end of the turn: here a caller is in
     * the middle of a message.
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
                // Its buffers were full, so that it was its reading that made room. What goes into empty ones says
                // nothing of it.
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
