package io.coterie.replication.internal.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
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

/** Over a transport that reports loss, no request is sent again while its connection lasts. */
class AskedOnceTest {
    private static final int MAX_IN_FLIGHT = 10;
    private static final RecordKey KEY = new RecordKey(1, new byte[] {1});

    private final Simulation simulation = Simulation.create(1);
    private final SimNode replicaNode;
    private final SimNode client;
    private final List<Responder<ReadMethod.Found>> asked = new ArrayList<>();
    private final List<NodeId> answered = new ArrayList<>();
    private NodeReplication replication;

    AskedOnceTest() {
        simulation.network().signalsConnections(true);
        replicaNode = simulation.node(
                "r",
                start -> node(start).serveInline(ReadMethod.BATCH.one(), (caller, key, answer) -> asked.add(answer)));
        client = simulation.node(
                "c",
                start -> replication = NodeReplication.of(Replication.start(
                                node(start), List.of(NodeId.of("r")), Storage.memory(), ReplicationOptions.defaults())
                        .loop()));
        replicaNode.start();
        client.start();
    }

    @Test
    void aReplicaWhoseAnswerTakesLongIsNotAskedAgain() {
        read();
        simulation.runFor(Duration.ofSeconds(20));
        assertEquals(1, asked.size());

        replicaNode.execute(() -> asked.get(0).reply(ReadMethod.Found.AS_KNOWN));
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals(List.of(NodeId.of("r")), answered);
        assertEquals(1, asked.size());
    }

    @Test
    void oneWhoseConnectionWasLostIsAskedAgainAtOnce() {
        read();
        simulation.runFor(Duration.ofSeconds(5));
        assertEquals(1, asked.size());

        simulation.network().reset(client, replicaNode);
        simulation.runFor(Duration.ofMillis(100));

        assertEquals(2, asked.size());
    }

    @Test
    void whatNobodyWaitsForIsDroppedAtBothEnds() {
        for (int i = 0; i < MAX_IN_FLIGHT; i++) {
            client.execute(() -> begin().cancel());
            simulation.runFor(Duration.ofMillis(10));
        }
        simulation.runFor(Duration.ofSeconds(1));

        read();
        simulation.runFor(Duration.ofMillis(100));

        assertEquals(MAX_IN_FLIGHT + 1, asked.size());
    }

    private void read() {
        client.execute(this::begin);
    }

    private QuorumCall begin() {
        long deadline =
                replication.world().clock().nanos() + Duration.ofMinutes(1).toNanos();
        return replication.read(KEY, deadline, (replica, answer) -> answered.add(replica));
    }

    private static RpcNode node(SimStart start) {
        return RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(new LossReporting(start.transport()))
                .world(start.world())
                .executor(start.executor())
                .maxInFlightPerPeer(MAX_IN_FLIGHT)
                .start();
    }

    /** The simulated network loses nothing here, and reports connections. */
    private record LossReporting(Transport network) implements Transport {
        @Override
        public boolean reportsLoss() {
            return true;
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
        public int maxMessageBytes() {
            return network.maxMessageBytes();
        }

        @Override
        public void close() {
            network.close();
        }
    }
}
