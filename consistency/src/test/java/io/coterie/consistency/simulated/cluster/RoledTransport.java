package io.coterie.consistency.simulated.cluster;

import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Finding;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A simulated transport that distinguishes clients and readers from replicas.
 *
 * @param readers the nodes that only read; the replicas are those with an {@code r} before their
 *     number
 */
record RoledTransport(Transport network, Set<NodeId> readers) implements Transport {
    @Override
    public Role role(NodeId peer) {
        if (readers.contains(peer)) {
            return Role.READER;
        }
        return peer.name().startsWith("r") ? Role.REPLICA : Role.CLIENT;
    }

    @Override
    public void start(Receiver receiver) {
        network.start(receiver);
    }

    @Override
    public boolean send(NodeId to, ByteBuffer message) {
        return network.send(to, message);
    }

    @Override
    public RpcException refusal(NodeId to, int messageBytes) {
        return network.refusal(to, messageBytes);
    }

    @Override
    public boolean reportsLoss() {
        return network.reportsLoss();
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
