package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a transport that a test holds in its hand: it sees what the node sends, and decides
 * what comes.
 */
final class MemoryTransport implements Transport {
    private final Consumer<byte[]> sent;
    private @Nullable Receiver receiver;

    MemoryTransport(Consumer<byte[]> sent) {
        this.sent = sent;
    }

    /** Has a message of a peer arrive. */
    void deliver(NodeId from, ByteBuffer message) {
        if (receiver == null) {
            throw new AssertionError("not started");
        }
        receiver.onMessage(from, message);
    }

    @Override
    public void start(Receiver toTell) {
        receiver = toTell;
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        byte[] copy = new byte[message.remaining()];
        message.get(message.position(), copy);
        sent.accept(copy);
        return true;
    }

    @Override
    public int maxMessageBytes() {
        return FuzzNode.MAX_MESSAGE;
    }

    @Override
    public void close() {}
}
