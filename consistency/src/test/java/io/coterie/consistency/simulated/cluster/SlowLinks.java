package io.coterie.consistency.simulated.cluster;

import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A node's links to its peers, where each byte takes time: messages wait for those before them to
 * have left, and are refused where too much waits, as by a connection whose peer reads slowly.
 */
public final class SlowLinks implements Transport {
    private final Transport network;
    private final World world;
    private final long nanosPerKibibyte;
    private final long mostNanosQueued;

    /** When each link is free. */
    private final Map<NodeId, Long> free = new HashMap<>();

    private boolean full;

    /**
     * Slow links over a network that takes no time for bytes.
     *
     * @param bytesPerSecond of each link
     * @param mostQueuedBytes what may wait to leave on a link
     */
    public SlowLinks(Transport network, World world, long bytesPerSecond, long mostQueuedBytes) {
        this.network = network;
        this.world = world;
        this.nanosPerKibibyte = (1_000_000_000L << 10) / bytesPerSecond;
        this.mostNanosQueued = (mostQueuedBytes >> 10) * nanosPerKibibyte;
    }

    @Override
    public void start(Receiver receiver) {
        network.start(receiver);
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        long now = world.clock().nanos();
        long wait = Math.max(0, free.getOrDefault(to, now) - now);
        full = wait > mostNanosQueued;
        if (full) {
            return false;
        }
        free.put(to, now + wait + ((message.remaining() * nanosPerKibibyte) >> 10));
        if (wait == 0) {
            return network.send(to, message);
        }
        ByteBuffer copy = ByteBuffer.allocate(message.remaining()).put(message).flip();
        world.scheduler().schedule(wait, () -> network.send(to, copy));
        return true;
    }

    @Override
    public RpcException refusal(NodeId to, int messageBytes) {
        return full ? new OverloadedException("too much waits to leave for " + to) : network.refusal(to, messageBytes);
    }

    @Override
    public int maxMessageBytes() {
        return network.maxMessageBytes();
    }

    @Override
    public void find(HostPort address, int attempt, Consumer<Finding> then) {
        network.find(address, attempt, then);
    }

    @Override
    public void removePeer(NodeId peer) {
        network.removePeer(peer);
    }

    @Override
    public void close() {
        network.close();
    }
}
