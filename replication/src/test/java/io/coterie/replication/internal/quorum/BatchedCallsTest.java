package io.coterie.replication.internal.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchedCallsTest {
    private static final NodeId REPLICA = NodeId.of("r");

    private final Simulation simulation = Simulation.create(1);
    private final List<String> left = new ArrayList<>();
    private final SimNode client = simulation.node("c", this::boot);
    private NodeReplication replication;

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(new Noting(start.transport()))
                .world(start.world())
                .executor(start.executor())
                .start();
        replication = NodeReplication.of(
                Replication.start(node, List.of(REPLICA), Storage.memory(), ReplicationOptions.defaults())
                        .loop());
    }

    @Test
    void aFullBatchLeavesAtOnceAndTheRestWithTheTurn() {
        client.start();
        client.execute(() -> {
            // It has asked for the configuration.
            left.clear();
            read(BatchedRequests.MAX_REQUESTS);
            assertEquals(List.of(), left);
            read(2);
            assertEquals(List.of("sent", "flushed"), left);
        });
        simulation.runFor(Duration.ofMillis(1));
        // Nobody is there, so that all are asked again later, one by one.
        assertEquals(List.of("sent", "flushed", "sent"), left.subList(0, 3));
    }

    private void read(int times) {
        for (int i = 0; i < times; i++) {
            RecordKey key = new RecordKey(1, new byte[] {(byte) i});
            var unused = replication.read(key, simulation.nanos() + 1_000_000_000L, (replica, answer) -> true);
        }
    }

    private final class Noting extends WatchedTransport {
        Noting(Transport real) {
            super(real);
        }

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            left.add("sent");
            return super.send(to, message);
        }

        @Override
        public void flush(NodeId to) {
            left.add("flushed");
        }
    }
}
