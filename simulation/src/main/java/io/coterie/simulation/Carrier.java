package io.coterie.simulation;

import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.events.VirtualTime;
import io.coterie.simulation.internal.process.NodeQueue;
import io.coterie.simulation.internal.process.SimLoop;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages from one transport to another, and signals connections. {@link SimNetwork} sets
 * it up.
 */
final class Carrier {
    static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final Links links;
    private final VirtualTime time;
    private final Trace trace;
    private final SimRandom random;
    private final Map<NodeId, Port> ports = new LinkedHashMap<>();
    private final CRC32C crc = new CRC32C();
    private boolean signalsConnections;
    private boolean reportsLoss;
    private long sent;
    private long sentBytes;

    Carrier(Links links, VirtualTime time, Trace trace, SimRandom random) {
        this.links = links;
        this.time = time;
        this.trace = trace;
        this.random = random;
    }

    /** A node's place in the network; the process that is up, if one is, has its transport here. */
    static final class Port {
        private final NodeQueue queue;
        private @Nullable SimTransport transport;

        Port(NodeQueue queue) {
            this.queue = queue;
        }

        NodeQueue queue() {
            return queue;
        }

        NodeRef node() {
            return queue.node();
        }

        @Nullable
        SimTransport transport() {
            return transport;
        }
    }

    /** A place for a new node, which is down. */
    Port addPort(NodeQueue queue) {
        Port port = new Port(queue);
        ports.put(queue.node().id(), port);
        return port;
    }

    /** The process of a node begins ({@code transport} is its own) or ends ({@code null}). */
    void connect(Port port, @Nullable SimTransport transport) {
        port.transport = transport;
    }

    boolean reportsLoss() {
        return reportsLoss;
    }

    void reportsLoss(boolean newReports) {
        this.reportsLoss = newReports;
    }

    boolean signalsConnections() {
        return signalsConnections;
    }

    void signalsConnections(boolean newSignals) {
        this.signalsConnections = newSignals;
    }

    long sent() {
        return sent;
    }

    long sentBytes() {
        return sentBytes;
    }

    /** @param urgent whether it leaves before messages that wait for a link with a rate */
    boolean send(SimTransport sender, NodeId toId, ByteBuffer message, boolean urgent) {
        NodeRef from = sender.node();
        Port to = ports.get(toId);
        if (to == null || message.remaining() > MAX_MESSAGE_BYTES) {
            return false;
        }
        boolean reachable = to.transport != null && !links.isCut(from, to.node()) && !links.isCut(to.node(), from);
        if (signalsConnections && from.index() != to.node().index()) {
            if (!reachable && !sender.isConnected(to.node())) {
                return false;
            }
            if (!sender.isConnected(to.node())) {
                sender.loop().handOver(0, Trace.Kind.TASK, () -> sender.heardOf(to.node()));
            }
        }
        sent++;
        sentBytes += message.remaining();
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        carry(from, to, bytes, urgent);
        return true;
    }

    /** Breaks a node's connection to a peer, if there is one. */
    void reset(Port port, NodeRef peer) {
        SimTransport transport = port.transport;
        if (transport != null && transport.isConnected(peer)) {
            transport.loop().handOver(0, Trace.Kind.TASK, () -> transport.disconnected(peer, "connection reset"));
        }
    }

    /** A node ends its connection to another one, if there is one. Called on the node's loop. */
    void end(SimTransport ending, NodeId otherId) {
        Port other = ports.get(otherId);
        if (other != null && other.node().index() != ending.node().index()) {
            ending.disconnected(other.node(), "it is no longer a peer of this node");
            reset(other, ending.node());
        }
    }

    /**
     * Reports the end of a process to all that were connected to it, after a while, as a real
     * network does.
     */
    void processEnded(SimLoop ended, Trace.Kind how) {
        boolean silent = how == Trace.Kind.CRASH && random.chance(0.5);
        if (!signalsConnections || silent) {
            return;
        }
        NodeRef node = ended.node();
        for (Port peer : ports.values()) {
            SimTransport other = peer.transport;
            if (other != null && other.isConnected(node) && !links.isCut(node, peer.node())) {
                other.loop()
                        .handOver(
                                links.faultsOf(node, peer.node()).drawDelayNanos(random),
                                Trace.Kind.TASK,
                                () -> other.disconnected(node, "the process of " + ended + " has ended"));
            }
        }
    }

    private void carry(NodeRef from, Port to, byte[] bytes, boolean urgent) {
        NodeRef node = to.node();
        crc.reset();
        crc.update(bytes);
        long checksum = ((long) bytes.length << 32) | crc.getValue();
        trace.record(Trace.Kind.SEND, from, node, checksum);
        if (from.index() == node.index()) {
            time.add(0, new Delivery(links, from, to, bytes, checksum));
            return;
        }
        if (links.isCut(from, node)) {
            trace.record(Trace.Kind.CUT_OFF, from, node, checksum);
            return;
        }
        long wait = urgent
                ? links.leaveFirst(from, node, bytes.length, time.nanos())
                : links.leave(from, node, bytes.length, time.nanos());
        NetworkFaults faults = links.faultsOf(from, node);
        if (random.chance(faults.duplication())) {
            trace.record(Trace.Kind.DUPLICATE, from, node, checksum);
            carryCopy(faults, wait, from, to, bytes.clone(), checksum);
        }
        carryCopy(faults, wait, from, to, bytes, checksum);
    }

    private void carryCopy(NetworkFaults faults, long wait, NodeRef from, Port to, byte[] bytes, long checksum) {
        boolean lost = random.chance(faults.loss());
        long delay = faults.drawDelayNanos(random);
        if (lost) {
            trace.record(Trace.Kind.LOSE, from, to.node(), checksum);
        } else {
            time.add(wait + delay, new Delivery(links, from, to, bytes, checksum));
        }
    }
}
