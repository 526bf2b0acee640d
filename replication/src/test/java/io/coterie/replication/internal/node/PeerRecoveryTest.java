package io.coterie.replication.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A replica that is heard of again is asked again at once, by each request that waits for it once,
 * and only then.
 */
class PeerRecoveryTest {
    private static final RpcMethod<String, String> CHAT = new RpcMethod<>("chat", Codec.utf8(), Codec.utf8(), true);
    private static final RpcMethod<String, String> UNANSWERED =
            new RpcMethod<>("unanswered", Codec.utf8(), Codec.utf8(), true);
    private static final int MAX_IN_FLIGHT = 10;
    private static final Duration ATTEMPT = Duration.ofMillis(100);
    private static final Duration ROUND_TRIP = Duration.ofMillis(1);
    private static final RecordKey KEY = new RecordKey(1, new byte[] {1});

    /**
     * Without jitter: asked after 0, 100 + 10, + 100 + 20, + 100 + 40 ms and so on, the wait
     * growing to 10 s.
     */
    private static final ReplicationOptions OPTIONS =
            new ReplicationOptions(ATTEMPT, RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofSeconds(10)));

    private final Simulation simulation = Simulation.create(1);
    private final Map<String, RpcNode> nodes = new HashMap<>();
    private final List<Duration> asked = new ArrayList<>();
    private int problems;
    private Consumer<Responder<ReadMethod.Found>> replica = answer -> {};
    private NodeReplication replication;

    PeerRecoveryTest() {
        simulation.node("r", this::bootReplica).start();
        simulation.node("c", this::bootClient).start();
    }

    private void bootReplica(SimStart start) {
        RpcNode node = node(start);
        node.serveInline(UNANSWERED, (caller, text, answer) -> {});
        node.serveInline(ReadMethod.BATCH.one(), (caller, key, answer) -> {
            asked.add(simulation.now());
            replica.accept(answer);
        });
    }

    private void bootClient(SimStart start) {
        replication =
                NodeReplication.of(Replication.start(node(start), List.of(NodeId.of("r")), Storage.memory(), OPTIONS)
                        .loop());
    }

    private RpcNode node(SimStart start) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .maxInFlightPerPeer(MAX_IN_FLIGHT)
                .start();
        nodes.put(start.node().id().name(), node);
        return node;
    }

    @Test
    void theFirstSignOfLifeAfterASilenceHasItAskedOnce() {
        simulation.network().isolate(simNode("c"));
        read(Duration.ofMinutes(1));
        simulation.runFor(Duration.ofSeconds(20));
        assertEquals(List.of(), asked);

        simulation.network().heal();
        for (int i = 0; i < 50; i++) {
            chat();
            simulation.runFor(ROUND_TRIP);
            assertEquals(1, asked.size());
        }
        simulation.runFor(ATTEMPT);
        // Heard of since it was asked: from now on as for any that does not answer.
        chatFor(Duration.ofSeconds(5));
        assertEquals(1, asked.size());
    }

    @Test
    void aRequestSentAgainReplacesTheOneSentIntoSilence() {
        simulation.network().isolate(simNode("c"));
        read(Duration.ofMinutes(1));
        // Asked at 1970 ms, and so not to be answered before 2070.
        simulation.runFor(Duration.ofMillis(2020));
        simulation.network().heal();
        chatFor(Duration.ofMillis(1350));
        assertEquals(1, asked.size(), asked::toString);
        // 100 and 1280 ms later, not 1280 ms after 2070.
        chatFor(Duration.ofMillis(60));
        assertEquals(2, asked.size(), asked::toString);
    }

    @Test
    void anAnswerThatIsTheSignOfLifeIsNotAskedForOnceMore() {
        List<Responder<ReadMethod.Found>> answers = new ArrayList<>();
        replica = answers::add;
        List<NodeId> answered = read(Duration.ofMinutes(1));
        simulation.runFor(Duration.ofMillis(250));
        assertEquals(3, answers.size());
        simNode("r").execute(() -> answers.get(2).reply(ReadMethod.Found.AS_KNOWN));
        simulation.runFor(Duration.ofSeconds(5));
        assertEquals(List.of(NodeId.of("r")), answered);
        assertEquals(3, asked.size());
    }

    @Test
    void aReplicaThatHasTooMuchToDoIsLeftInPeace() {
        replica = answer -> answer.fail(new OverloadedException("on purpose"));
        read(Duration.ofMinutes(1));
        chatFor(Duration.ofSeconds(2));
        // After 0, 10, 20, 40, 80, 160, 320, 640 ms more each.
        assertEquals(8, asked.size(), asked::toString);
    }

    @Test
    void aSignOfLifeAddsNothingToAnOverload() {
        simNode("c").execute(() -> {
            for (int i = 0; i < MAX_IN_FLIGHT; i++) {
                var unused = replication
                        .node()
                        .call(NodeId.of("r"), UNANSWERED, "", CallOptions.within(Duration.ofHours(1)));
            }
        });
        read(Duration.ofMinutes(1));
        chatFor(Duration.ofSeconds(2));
        assertEquals(8, problems);
    }

    @Test
    void aReplicaThatIsNotSilentIsAskedAgainAfterTheBackoff() {
        read(Duration.ofMinutes(1));
        chatFor(Duration.ofSeconds(2));
        // After 0, 110, 120, 140, 180, 260, 420, 740 ms more each.
        assertEquals(8, asked.size(), asked::toString);
    }

    @Test
    void aRequestToASilentReplicaIsForgottenAtItsDeadline() {
        simulation.network().isolate(simNode("c"));
        read(Duration.ofSeconds(3));
        simulation.runFor(Duration.ofSeconds(2));
        assertTrue(replication.peerRecovery().toString().contains("1"), replication.peerRecovery()::toString);
        simulation.runFor(Duration.ofSeconds(2));
        assertEquals("waited for by [0]", replication.peerRecovery().toString());
    }

    private SimNode simNode(String name) {
        return simulation.node(name);
    }

    private List<NodeId> read(Duration timeout) {
        List<NodeId> answered = new ArrayList<>();
        simNode("c").execute(() -> {
            long deadline = replication.world().clock().nanos() + timeout.toNanos();
            replication.read(KEY, deadline, new ResponseCollector<>() {
                @Override
                public boolean onAnswer(NodeId from, ReadAnswer answer) {
                    return answered.add(from);
                }

                @Override
                public void onProblem(NodeId from, String problem) {
                    problems++;
                }
            });
        });
        return answered;
    }

    /** The replica sends something that answers nothing. */
    private void chat() {
        simNode("r").execute(() -> Objects.requireNonNull(nodes.get("r")).loop().tell(NodeId.of("c"), CHAT, "hello"));
    }

    private void chatFor(Duration time) {
        Duration end = simulation.now().plus(time);
        while (simulation.now().compareTo(end) < 0) {
            chat();
            simulation.runFor(ROUND_TRIP);
        }
    }
}
