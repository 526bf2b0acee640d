package io.coterie.outside;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A user's own way to carry messages: from hand to hand between nodes of one process. Cut off nodes
 * lose theirs, and those of held nodes arrive late.
 */
final class InMemoryNetwork {
    private final Map<NodeId, Transport.Receiver> receivers = new ConcurrentHashMap<>();
    private final Set<NodeId> cutOff = ConcurrentHashMap.newKeySet();
    private final Set<NodeId> held = ConcurrentHashMap.newKeySet();
    private final Queue<Runnable> onTheirWay = new ConcurrentLinkedQueue<>();
    private final AtomicLong carried = new AtomicLong();
    private volatile @Nullable Executor feeder;

    /** From now on messages are delivered by this alone. */
    void feedBy(Executor executor) {
        feeder = executor;
    }

    Transport transportOf(String name) {
        return new Line(NodeId.of(name));
    }

    void cutOff(String name) {
        cutOff.add(NodeId.of(name));
    }

    void heal() {
        cutOff.clear();
    }

    /** What the node sends from now on is on its way until it is released. */
    void hold(String name) {
        held.add(NodeId.of(name));
    }

    /** What was held arrives. */
    void release() {
        held.clear();
        for (Runnable message = onTheirWay.poll(); message != null; message = onTheirWay.poll()) {
            message.run();
        }
    }

    long carried() {
        return carried.get();
    }

    boolean isEmpty() {
        return receivers.isEmpty();
    }

    private final class Line implements Transport {
        private final NodeId self;

        Line(NodeId self) {
            this.self = self;
        }

        @Override
        public void start(Receiver receiver) {
            receivers.put(self, receiver);
        }

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            Receiver receiver = receivers.get(to);
            if (receiver == null) {
                return false;
            }
            if (held.contains(self)) {
                ByteBuffer copy = copyOf(message);
                onTheirWay.add(() -> receiver.onMessage(self, copy));
            } else if (!cutOff.contains(self) && !cutOff.contains(to)) {
                carried.incrementAndGet();
                deliver(receiver, message);
            }
            return true;
        }

        private void deliver(Receiver receiver, ByteBuffer message) {
            Executor executor = feeder;
            if (executor == null) {
                receiver.onMessage(self, message);
            } else {
                ByteBuffer copy = copyOf(message);
                executor.execute(() -> receiver.onMessage(self, copy));
            }
        }

        private static ByteBuffer copyOf(ByteBuffer message) {
            return ByteBuffer.allocate(message.remaining()).put(message).flip();
        }

        @Override
        public void close() {
            receivers.remove(self);
        }
    }
}
