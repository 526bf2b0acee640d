package io.coterie.replication.internal.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Opening;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A change of the voters ends the requests that run, and only new ones ask the new replicas. */
class VotersChangeTest {
    private static final RecordKey KEY = new RecordKey(1, new byte[] {1});
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Simulation simulation = Simulation.create(1);

    /** For each replica the requests that it has not answered. */
    private final Map<String, List<Responder<ReadMethod.Found>>> asked = new TreeMap<>();

    private final List<String> opened = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final SimNode client;
    private NodeReplication replication;

    VotersChangeTest() {
        for (String name : List.of("a", "b", "d")) {
            asked.put(name, new ArrayList<>());
            simulation.node(name, this::bootReplica).start();
        }
        client = simulation.node("client", this::bootClient);
        client.start();
    }

    private void bootReplica(SimStart start) {
        RpcNode node = node(start);
        node.serveInline(
                ReadMethod.BATCH.one(),
                (caller, key, answer) -> asked.get(node.self().name()).add(answer));
        node.serveInline(ReplicaMethods.OPEN, (caller, open, answer) -> {
            opened.add(node.self().name());
            answer.reply(true);
        });
    }

    private void bootClient(SimStart start) {
        replication = NodeReplication.of(Replication.start(
                        node(start),
                        List.of(NodeId.of("a"), NodeId.of("b")),
                        Storage.memory(),
                        new ReplicationOptions(
                                Duration.ofMillis(200),
                                RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofMillis(100))))
                .loop());
    }

    private static RpcNode node(SimStart start) {
        return RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .start();
    }

    @Test
    void aRequestEndsItsCollectorHearsOnceAndLateAnswersCountForNothing() {
        begin();
        simulation.runFor(MOMENT);
        change("a", "d");
        assertEquals(List.of("changed"), heard);

        answerAll("a");
        answerAll("b");
        simulation.runFor(Duration.ofSeconds(5));
        change("b", "d");

        assertEquals(List.of("changed"), heard);
        assertEquals(List.of(0, 0, 0), asked.values().stream().map(List::size).toList(), "nobody is asked again");
    }

    /** Otherwise who does not ask again would wait for ever. */
    @Test
    void aRefusalForAnotherConfigurationIsAProblemLikeAnyOther() {
        client.execute(() -> read(new Collector() {
            @Override
            public void onProblem(NodeId replica, String problem) {
                heard.add(replica + ": " + problem);
            }

            @Override
            public boolean asksAgain(NodeId replica, int failures) {
                return false;
            }
        }));
        simulation.runFor(MOMENT);
        asked.get("a").remove(0).fail(new ReplicaRefusal(RefusalKind.OTHER_INCARNATION, "lost"));
        asked.get("b").remove(0).fail(new ReplicaRefusal(RefusalKind.OTHER_EPOCH, "behind"));
        simulation.runFor(MOMENT);

        assertEquals(2, heard.size(), heard::toString);
        assertTrue(heard.get(0).contains("lost") && heard.get(1).contains("behind"), heard::toString);
    }

    @Test
    void theNextRequestAsksTheNewReplicas() {
        change("a", "d");
        begin();
        simulation.runFor(MOMENT);
        answerAll("d");
        simulation.runFor(MOMENT);

        assertEquals(List.of("d"), heard);
        assertEquals(0, asked.get("b").size());
        assertEquals(names("a", "d"), replication.replicas());
    }

    @Test
    void aCollectorThatBeginsAgainIsNotEndedByTheSameChange() {
        client.execute(() -> read(new Collector() {
            @Override
            public void onVotersChanged() {
                super.onVotersChanged();
                begin();
            }
        }));
        simulation.runFor(MOMENT);
        change("a", "d");
        simulation.runFor(MOMENT);
        answerAll("d");
        simulation.runFor(MOMENT);

        assertEquals(List.of("changed", "d"), heard);
    }

    @Test
    void whoeverHearsOfTheChangeFindsTheNewVotersAndEveryRequestEnded() {
        List<QuorumCall> calls = new ArrayList<>();
        List<Boolean> maybe = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            client.execute(() -> calls.add(read(new Collector() {
                @Override
                public void onVotersChanged() {
                    super.onVotersChanged();
                    assertEquals(names("a", "d"), replication.replicas());
                    calls.forEach(call -> maybe.add(call.maybeExecuted()));
                }
            })));
        }
        simulation.runFor(MOMENT);
        change("a", "d");

        assertEquals(3, heard.size());
        assertTrue(maybe.stream().allMatch(each -> each), "what was sent may be executed");
    }

    @Test
    void aRequestThatWasCancelledHearsNothing() {
        client.execute(() -> read(new Collector()).cancel());
        client.execute(() -> {
            QuorumCall call = read(new Collector());
            replication.changeVoters(Voters.stable(names("a", "d")));
            call.cancel();
        });
        simulation.runFor(MOMENT);

        assertEquals(List.of(), heard);
    }

    @Test
    void aRequestThatWaitsForASilentReplicaNoLongerWaits() {
        simulation.node("b").kill();
        begin();
        simulation.runFor(Duration.ofSeconds(2));
        change("a", "d");
        simulation.node("b").start();
        simulation.runFor(Duration.ofSeconds(2));

        assertEquals(0, asked.get("b").size());
    }

    @Test
    void requestsOfWhichNothingIsToComeAreNotKept() {
        ResponseCollector<ReadAnswer> once = new Collector() {
            @Override
            public boolean asksAgain(NodeId replica, int failures) {
                return false;
            }
        };
        simulation.node("a").kill();
        client.execute(() -> read(once));
        simulation.runFor(MOMENT);
        answerAll("b");
        simulation.runFor(Duration.ofSeconds(2));
        change("a", "d");

        assertEquals(List.of("b"), heard);
    }

    @Test
    void aStoreIsRecordedByTheNewReplicasAndStaysOpen() {
        List<Opening> openings = new ArrayList<>();
        client.execute(() -> openings.add(replication.openStore(new StoreSpec("s", "strong"), 2, opening -> {})));
        simulation.runFor(MOMENT);
        assertTrue(openings.get(0).isOpen());
        assertFalse(opened.contains("d"));

        change("a", "d");
        simulation.runFor(MOMENT);

        assertTrue(openings.get(0).isOpen());
        assertTrue(opened.contains("d"));
    }

    @Test
    void aJointQuorumIsConnectedOnlyWithAMajorityOfBothGroups() {
        simulation.network().signalsConnections(true);
        simulation.node("d").kill();
        begin();
        simulation.runFor(Duration.ofSeconds(1));
        List<Boolean> majorities = new ArrayList<>();
        client.execute(() -> majorities.add(replication.hasMajority()));
        client.execute(() -> replication.changeVoters(Voters.joint(2, members("a", "b"), members("b", "d"))));
        simulation.runFor(MOMENT);
        client.execute(() -> majorities.add(replication.hasMajority()));
        client.execute(() -> replication.changeVoters(Voters.stable(names("a", "b"))));
        simulation.runFor(MOMENT);
        client.execute(() -> majorities.add(replication.hasMajority()));
        simulation.runFor(MOMENT);

        assertEquals(List.of(true, false, true), majorities);
    }

    private void begin() {
        client.execute(() -> read(new Collector()));
    }

    private QuorumCall read(ResponseCollector<ReadAnswer> collector) {
        long deadline =
                replication.world().clock().nanos() + Duration.ofMinutes(1).toNanos();
        return replication.read(KEY, deadline, collector);
    }

    private void change(String... names) {
        client.execute(() -> replication.changeVoters(Voters.stable(names(names))));
        simulation.runFor(Duration.ofMillis(1));
    }

    private void answerAll(String replica) {
        simulation.node(replica).execute(() -> {
            asked.get(replica).forEach(answer -> answer.reply(ReadMethod.Found.AS_KNOWN));
            asked.get(replica).clear();
        });
    }

    private static List<NodeId> names(String... names) {
        return List.of(names).stream().map(NodeId::of).toList();
    }

    private static List<Voters.Member> members(String... names) {
        return names(names).stream().map(name -> new Voters.Member(name, 1)).toList();
    }

    private class Collector implements ResponseCollector<ReadAnswer> {
        @Override
        public boolean onAnswer(NodeId replica, ReadAnswer answer) {
            heard.add(replica.name());
            return false;
        }

        @Override
        public void onVotersChanged() {
            heard.add("changed");
        }
    }
}
