package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.SimLoop;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The end of the simulated network that one start of a node has. */
final class SimTransport implements Transport {
    private final SimLoop loop;
    private final Carrier carrier;
    private final Set<NodeId> connected = new HashSet<>();
    private @Nullable Receiver receiver;
    private boolean started;

    SimTransport(SimLoop loop, Carrier carrier) {
        this.loop = loop;
        this.carrier = carrier;
    }

    NodeRef node() {
        return loop.node();
    }

    SimLoop loop() {
        return loop;
    }

    @Override
    public void start(Receiver newReceiver) {
        if (started) {
            throw new IllegalStateException("the transport of " + loop + " was started before");
        }
        started = true;
        receiver = newReceiver;
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        requireStarted();
        return receiver != null && loop.isAlive() && carrier.send(this, to, message, false);
    }

    @Override
    public boolean sendUrgent(NodeId to, ByteBuffer message) {
        requireStarted();
        return receiver != null && loop.isAlive() && carrier.send(this, to, message, true);
    }

    @Override
    public boolean reportsLoss() {
        return carrier.reportsLoss();
    }

    @Override
    public int maxMessageBytes() {
        return Carrier.MAX_MESSAGE_BYTES;
    }

    @Override
    public void removePeer(NodeId peer) {
        carrier.end(this, peer);
    }

    @Override
    public void close() {
        receiver = null;
    }

    @Nullable
    Receiver receiver() {
        return loop.isAlive() ? receiver : null;
    }

    private void requireStarted() {
        if (!started) {
            throw new IllegalStateException("the transport of " + loop + " was not started before the first send");
        }
    }

    /** A message comes from the peer or goes to it: both need a connection. Called on the loop. */
    void heardOf(NodeRef peer) {
        if (carrier.signalsConnections() && connected.add(peer.id())) {
            loop.trace().record(Trace.Kind.CONNECTED, loop.node(), peer, 0);
            if (receiver != null) {
                receiver.onConnected(peer.id());
            }
        }
    }

    boolean isConnected(NodeRef peer) {
        return connected.contains(peer.id());
    }

    /** The connection to the peer has ended. Called on the loop. */
    void disconnected(NodeRef peer, String reason) {
        if (connected.remove(peer.id())) {
            loop.trace().record(Trace.Kind.DISCONNECTED, loop.node(), peer, 0);
            if (receiver != null) {
                receiver.onDisconnected(peer.id(), reason);
            }
        }
    }
}
