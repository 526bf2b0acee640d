package io.coterie.simulation;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Transport;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One start's end of the simulated network. */
final class SimTransport implements Transport {
    private final SimStart start;
    private final SimNetwork network;
    private final Set<SimNode> connected = new HashSet<>();
    private @Nullable Receiver receiver;
    private boolean started;

    SimTransport(SimStart start) {
        this.start = start;
        this.network = start.node().simulation().network();
    }

    @Override
    public void start(Receiver newReceiver) {
        if (started) {
            throw new IllegalStateException("the transport of " + start + " was started before");
        }
        started = true;
        receiver = newReceiver;
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        if (!started) {
            throw new IllegalStateException("the transport of " + start + " was not started before the first send");
        }
        return receiver != null && start.isAlive() && network.send(start, to, message);
    }

    @Override
    public boolean tellsOfLoss() {
        return network.tellsOfLoss();
    }

    @Override
    public int maxMessageBytes() {
        return SimNetwork.MAX_MESSAGE_BYTES;
    }

    @Override
    public void close() {
        receiver = null;
    }

    @Nullable
    Receiver receiver() {
        return start.isAlive() ? receiver : null;
    }

    /** A message of the peer comes in or one goes out to it: both want a connection. Called on the loop. */
    void heardOf(SimNode peer) {
        if (network.signalsConnections() && connected.add(peer)) {
            start.node().simulation().trace().record(Trace.Kind.CONNECTED, start.node(), peer, 0);
            if (receiver != null) {
                receiver.onConnected(peer.id());
            }
        }
    }

    boolean isConnected(SimNode peer) {
        return connected.contains(peer);
    }

    /** The peer's process is gone, and its machine says so. Called on the loop. */
    void disconnected(SimNode peer, String reason) {
        if (connected.remove(peer)) {
            start.node().simulation().trace().record(Trace.Kind.DISCONNECTED, start.node(), peer, 0);
            if (receiver != null) {
                receiver.onDisconnected(peer.id(), reason);
            }
        }
    }
}
