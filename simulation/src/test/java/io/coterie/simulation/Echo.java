package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A small protocol for tests: it records what arrives, and sends numbered messages at a steady
 * rate.
 */
final class Echo implements Transport.Receiver {
    final List<String> heard = new ArrayList<>();
    private final SimStart start;
    private long next;

    Echo(SimStart start) {
        this.start = start;
        start.transport().start(this);
    }

    /** Sends that many numbered messages, one each millisecond. */
    void sendTo(String peer, int count) {
        if (count > 0) {
            send(peer, next++);
            start.world().scheduler().schedule(Duration.ofMillis(1).toNanos(), () -> sendTo(peer, count - 1));
        }
    }

    boolean send(String peer, long number) {
        return start.transport().send(NodeId.of(peer), ByteBuffer.allocate(8).putLong(0, number));
    }

    boolean sendUrgent(String peer, long number) {
        return start.transport()
                .sendUrgent(NodeId.of(peer), ByteBuffer.allocate(8).putLong(0, number));
    }

    @Override
    public void onMessage(NodeId from, ByteBuffer message) {
        heard.add(from + ":" + message.getLong());
    }

    @Override
    public void onConnected(NodeId peer) {
        heard.add("+" + peer);
    }

    @Override
    public void onDisconnected(NodeId peer, String reason) {
        heard.add("-" + peer);
    }
}
