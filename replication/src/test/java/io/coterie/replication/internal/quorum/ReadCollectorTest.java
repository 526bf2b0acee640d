package io.coterie.replication.internal.quorum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadCollectorTest {
    private static final int LARGE_BYTES = 100_000;
    private static final StoreSpec STORE = new StoreSpec("s", "strong");
    private static final RecordKey KEY = new RecordKey(STORE.id(), new byte[] {1});
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final NodeId C = NodeId.of("c");

    private final Simulation simulation = Simulation.create(1);
    private final Map<String, NodeReplication> replications = new HashMap<>();
    private long bytes;
    private @Nullable NodeId refused;

    @BeforeEach
    void start() {
        for (String name : List.of("a", "b", "c", "client")) {
            simulation.node(name, this::boot).start();
        }
        for (String name : List.of("a", "client")) {
            on(name, node -> {
                var unused = node.openStore(STORE, 3, opening -> {});
            });
        }
    }

    @Test
    void aReadOfWhatAllHaveCostsAFewBytesHoweverLargeItIs() {
        accept(new Ballot(5, 1), LARGE_BYTES);
        bytes = 0;
        Map<NodeId, ReadAnswer> answers = read("a");
        assertTrue(bytes < 1000, () -> bytes + " bytes were sent");
        for (NodeId replica : List.of(A, B, C)) {
            assertEquals(new Ballot(5, 1), answers.get(replica).accepted());
            assertEquals(LARGE_BYTES, stateOf(answers.get(replica)).length);
        }
    }

    @Test
    void aReplicaThatHasSomethingElseReportsIt() {
        accept(new Ballot(5, 1), 1);
        acceptWithoutC(new Ballot(6, 1), 2);
        for (String name : List.of("a", "b", "c", "client")) {
            Map<NodeId, ReadAnswer> answers = read(name);
            assertEquals(new Ballot(6, 1), answers.get(A).accepted());
            assertArrayEquals(new byte[2], stateOf(answers.get(A)));
            assertArrayEquals(new byte[2], stateOf(answers.get(B)));
            assertEquals(new Ballot(5, 1), answers.get(C).accepted());
            assertArrayEquals(new byte[1], stateOf(answers.get(C)));
        }
    }

    @Test
    void whereOneReplicaIsNamedItAloneSendsTheState() {
        accept(new Ballot(5, 1), LARGE_BYTES);
        bytes = 0;
        Map<NodeId, ReadAnswer> answers = new HashMap<>();
        on("client", client -> {
            var unused = client.read(KEY, B, soon(client), (replica, answer) -> {
                answers.put(replica, answer);
                return answers.size() == 3;
            });
        });
        assertEquals(LARGE_BYTES, stateOf(answers.get(B)).length);
        assertEquals(new ReadAnswer(new Ballot(5, 1), null), answers.get(A));
        assertEquals(new ReadAnswer(new Ballot(5, 1), null), answers.get(C));
        assertTrue(bytes < LARGE_BYTES + 1000, () -> bytes + " bytes were sent");
    }

    @Test
    void aReplicaThatSentItsBallotAloneIsAskedForTheState() {
        acceptWithoutC(new Ballot(5, 1), LARGE_BYTES);
        List<ReadAnswer> ofA = new ArrayList<>();
        QuorumCall[] call = new QuorumCall[1];
        on(
                "client",
                client -> call[0] = client.read(KEY, C, soon(client), (replica, answer) -> {
                    if (replica.equals(A)) {
                        ofA.add(answer);
                        call[0].askForState(A);
                        call[0].askForState(A);
                    }
                    return false;
                }));
        assertEquals(2, ofA.size());
        assertTrue(ofA.get(0).isBallotAlone());
        assertEquals(LARGE_BYTES, stateOf(ofA.get(1)).length);
        call[0].cancel();
        bytes = 0;
        on("client", client -> call[0].askForState(B));
        assertTrue(bytes < 1000, () -> bytes + " bytes were sent");
    }

    @Test
    void aReplicaThatReadsHasItsOwnStateWhoeverIsNamed() {
        acceptWithoutC(new Ballot(5, 1), 1);
        Map<NodeId, ReadAnswer> answers = new HashMap<>();
        on("a", a -> {
            var unused = a.read(KEY, C, soon(a), (replica, answer) -> {
                answers.put(replica, answer);
                return answers.size() == 3;
            });
        });
        assertArrayEquals(new byte[1], stateOf(answers.get(A)));
        assertArrayEquals(new byte[1], stateOf(answers.get(B)));
        assertEquals(ReadAnswer.NOTHING, answers.get(C));
    }

    @Test
    void aReplicaThatHasNothingReportsThat() {
        acceptWithoutC(new Ballot(5, 1), 1);
        for (String name : List.of("a", "c", "client")) {
            Map<NodeId, ReadAnswer> answers = read(name);
            assertArrayEquals(new byte[1], stateOf(answers.get(B)));
            assertEquals(ReadAnswer.NOTHING, answers.get(C));
        }
    }

    private void boot(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(new Counting(start.transport()))
                .world(start.world())
                .executor(start.executor())
                .start();
        replications.put(
                start.node().id().name(),
                NodeReplication.of(
                        Replication.start(node, List.of(A, B, C), Storage.memory(), ReplicationOptions.defaults())
                                .loop()));
    }

    private void accept(Ballot ballot, int size) {
        on("a", a -> {
            var unused =
                    a.accept(KEY, ballot, new byte[size], ballot, soon(a), (replica, answer) -> !answer.accepted());
        });
    }

    private void acceptWithoutC(Ballot ballot, int size) {
        refused = C;
        accept(ballot, size);
        refused = null;
    }

    private Map<NodeId, ReadAnswer> read(String name) {
        Map<NodeId, ReadAnswer> answers = new HashMap<>();
        on(name, reader -> {
            var unused = reader.read(KEY, soon(reader), (replica, answer) -> {
                answers.put(replica, answer);
                return answers.size() == 3;
            });
        });
        return answers;
    }

    private static long soon(NodeReplication replication) {
        return replication.world().clock().nanos() + Duration.ofSeconds(5).toNanos();
    }

    private void on(String name, Consumer<NodeReplication> task) {
        simulation.node(name).execute(() -> task.accept(replications.get(name)));
        simulation.runFor(Duration.ofSeconds(10));
    }

    private static byte[] stateOf(ReadAnswer answer) {
        byte[] state = answer.state();
        assertTrue(state != null, "no state");
        return state;
    }

    private final class Counting extends WatchedTransport {
        Counting(Transport real) {
            super(real);
        }

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            bytes += message.remaining();
            return !to.equals(refused) && super.send(to, message);
        }
    }
}
