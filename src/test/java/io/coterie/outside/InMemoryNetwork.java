package io.coterie.outside;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.Transport;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A user's own way to carry messages: from hand to hand between nodes of one process. Cut off nodes lose theirs. */
final class InMemoryNetwork {
    private final Map<NodeId, Transport.Receiver> receivers = new ConcurrentHashMap<>();
    private final Set<NodeId> cutOff = ConcurrentHashMap.newKeySet();
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
            if (!cutOff.contains(self) && !cutOff.contains(to)) {
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
                ByteBuffer copy =
                        ByteBuffer.allocate(message.remaining()).put(message).flip();
                executor.execute(() -> receiver.onMessage(self, copy));
            }
        }

        @Override
        public void close() {
            receivers.remove(self);
        }
    }
}
