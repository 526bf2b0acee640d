package io.coterie.rpc.internal.nio.connection;

import io.coterie.rpc.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * What lies between a connection's frames and its socket. Never blocks, and is only used on the loop. What it reads and
 * writes is what frames are made of; a wire that is not {@linkplain #establish established} reads and writes nothing.
 */
public interface Wire extends ReadableByteChannel, GatheringByteChannel {
    /** The channel to register, and to be told of by {@link #interest}. */
    SocketChannel socket();

    /**
     * Has work that is done elsewhere told of when it has ended, on the loop. To be called once, before all else.
     *
     * @param goOn calls {@link #establish} again, or reads and writes if that is done
     */
    void begin(Runnable goOn);

    /**
     * Goes as far as it can now with what comes before the first frame. To be called once TCP is connected, and again
     * whenever the socket is ready, until it returns true.
     */
    boolean establish() throws IOException;

    /** What to wait for at the socket, as a selection key's operations; 0 while work is done elsewhere. */
    int interest();

    /** Whether there is something to read that the socket will not tell of, because it was taken from there already. */
    boolean hasInput() throws IOException;

    /** Passes on to the socket what was taken by {@code write} and is kept. Returns whether that was all. */
    boolean flush() throws IOException;

    /**
     * What tells this channel from any other that one of its two ends may have: with TLS the SHA-256 of the certificate that the end
     * shows that was dialed, as in the binding tls-server-end-point of RFC 5929. Null where there is nothing of the kind.
     */
    byte @Nullable [] binding();

    /** Why the other end cannot be that node, or null if nothing that it has shown speaks against it. */
    @Nullable
    Refusal objectionTo(NodeId node);

    @Override
    default long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }
}
