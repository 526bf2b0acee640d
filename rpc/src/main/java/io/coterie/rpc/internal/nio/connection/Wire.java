package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The layer between a connection's frames and its socket. It never blocks, and is used on the loop
 * only. It reads and writes the bytes of frames. A wire that is not {@linkplain #establish
 * established} reads and writes nothing.
 */
public interface Wire extends ReadableByteChannel, GatheringByteChannel {
    /** The channel to register, with {@link #interest}. */
    SocketChannel socket();

    /**
     * Sets what runs on the loop when work on another thread has ended. Called once, before all
     * else.
     *
     * @param resume calls {@link #establish} again, or reads and writes if that is done
     */
    void begin(Runnable resume);

    /**
     * Continues, as far as it can now, with what comes before the first frame. Called once TCP is
     * connected, and again whenever the socket is ready, until it returns true.
     */
    boolean establish() throws IOException;

    /**
     * What to wait for at the socket, as operations of a selection key; 0 while another thread
     * works.
     */
    int interest();

    /**
     * Whether there are bytes that were read from the socket already, so that the socket will not
     * report them.
     */
    boolean hasInput() throws IOException;

    /**
     * Writes to the socket what {@code write} has accepted and kept. Returns whether that was all.
     */
    boolean flush() throws IOException;

    /**
     * A hash that identifies this channel among all that either end may have. With TLS it is the
     * SHA-256 of the certificate that the end that was dialed shows, as in the binding
     * tls-server-end-point of RFC 5929. Null if there is none.
     */
    byte @Nullable [] binding();

    /** Why the other end cannot be that node, or null if its certificate does not exclude it. */
    @Nullable
    Refusal objectionTo(NodeId node);

    @Override
    default long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }
}
