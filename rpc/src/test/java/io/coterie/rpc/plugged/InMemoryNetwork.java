package io.coterie.rpc.plugged;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A transport of a user's own: hands messages over at once, on the sender's thread, as the contract
 * allows.
 */
public final class InMemoryNetwork {
    private final Map<NodeId, Transport.Receiver> receivers = new ConcurrentHashMap<>();

    /** The messages that were sent, in order. */
    public final List<byte[]> sent = new ArrayList<>();

    /** The messages that were sent, with their ends, in order. */
    public final List<Letter> letters = new ArrayList<>();

    /** A message in flight. */
    public record Letter(NodeId from, NodeId to, byte[] bytes) {
        /**
         * What begins a message: 1 a request, 2 a reply, 3 a failure, 4 a tell, 5 a cancellation, 6
         * a request that runs once.
         */
        public byte kind() {
            return bytes[0];
        }
    }

    /** The role of each node at all others. */
    public Function<NodeId, Role> roles = node -> Role.REPLICA;

    /** Whether a message is delivered; those that are not are lost on the way. */
    public Predicate<ByteBuffer> delivers = message -> true;

    /** The nodes whose messages are not taken. */
    public final Set<NodeId> stuck = new HashSet<>();

    public Transport transportOf(String name) {
        NodeId self = NodeId.of(name);
        return new Transport() {
            @Override
            public void start(Receiver receiver) {
                receivers.put(self, receiver);
            }

            @Override
            public boolean send(NodeId to, ByteBuffer message) {
                return !stuck.contains(self) && deliver(self, to, message);
            }

            @Override
            public Role role(NodeId peer) {
                return roles.apply(peer);
            }

            @Override
            public int maxMessageBytes() {
                return 8192;
            }

            @Override
            public void close() {
                receivers.remove(self);
            }
        };
    }

    /** Delivers a message under the name of a node. */
    public boolean deliver(NodeId from, NodeId to, ByteBuffer message) {
        Transport.Receiver receiver = receivers.get(to);
        if (receiver == null) {
            return false;
        }
        byte[] copy = new byte[message.remaining()];
        message.get(message.position(), copy);
        synchronized (sent) {
            sent.add(copy);
            letters.add(new Letter(from, to, copy));
        }
        if (delivers.test(message.duplicate())) {
            receiver.onMessage(from, message);
        }
        return true;
    }

    /** Delivers a message, be it once more. */
    public void deliver(Letter letter) {
        Transport.Receiver receiver = receivers.get(letter.to());
        if (receiver != null) {
            receiver.onMessage(letter.from(), ByteBuffer.wrap(letter.bytes()));
        }
    }

    /** The messages of that kind, in order. */
    public List<Letter> letters(int kind) {
        return letters.stream().filter(letter -> letter.kind() == kind).toList();
    }

    /** Notifies a node that a peer is there. */
    public void connect(String node, String peer) {
        Transport.Receiver receiver = receivers.get(NodeId.of(node));
        receiver.onConnected(NodeId.of(peer));
    }

    /** Notifies a node that a peer is gone. */
    public void disconnect(String node, String peer) {
        Transport.Receiver receiver = receivers.get(NodeId.of(node));
        receiver.onDisconnected(NodeId.of(peer), "cut");
    }
}
