package io.coterie.replication.internal.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Opening;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.PolicyMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
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
import org.junit.jupiter.api.Test;

/**
 * A replica's record of a store is overturned by the answers of a majority of replicas, never by
 * that of one node.
 */
class PolicyDisputesTest {
    private static final List<NodeId> REPLICAS = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"));
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");
    private static final StoreSpec EVENTUAL = new StoreSpec("s", "eventual");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Simulation simulation = Simulation.create(1);
    private final Map<String, NodeReplication> replications = new HashMap<>();
    private final Map<String, RpcNode> nodes = new HashMap<>();
    private final List<String> answers = new ArrayList<>();

    PolicyDisputesTest() {
        for (String name : List.of("a", "b", "c", "first", "liar", "newcomer")) {
            simulation.node(name, start -> replicate(start, REPLICAS));
        }
    }

    @Test
    void aClientsClaimOfAnotherPolicyChangesNothing() {
        startReplicas("a", "b", "c");
        startClient("liar");
        open("a", STRONG);

        for (NodeId replica : REPLICAS) {
            assertTrue(claim("liar", replica.name(), EVENTUAL).contains("recorded with policy \"strong\""));
        }

        startClient("newcomer");
        assertTrue(open("newcomer", STRONG).isOpen());
    }

    @Test
    void aReplicaFollowsAMajorityThatHasAnotherPolicy() {
        startReplicas("a");
        startClient("first");
        record("first", "a", EVENTUAL);
        startReplicas("b", "c");

        assertTrue(open("b", STRONG).isOpen());

        simulation.runFor(LIMIT);
        assertTrue(hasRecorded("a", STRONG), "it asks, and follows");
    }

    @Test
    void aRecordStaysUntilAMajorityContradictsItWhenAsked() {
        startReplicas("a", "b", "c");
        startClient("first");
        record("first", "a", EVENTUAL);
        record("first", "b", STRONG);
        record("first", "c", STRONG);
        simulation.node("c").pause();

        String refusal = claim("first", "a", STRONG);
        assertTrue(refusal.contains("of the 2 other replicas, 1 confirmed it when asked, but 2 must"), refusal);
        assertTrue(hasRecorded("a", EVENTUAL));

        simulation.node("c").resume();
        assertEquals("recorded", claim("first", "a", STRONG));
        assertTrue(hasRecorded("a", STRONG));
    }

    @Test
    void aReplicaAloneIsNotTalkedOutOfItsRecord() {
        simulation.node("alone", start -> replicate(start, List.of(NodeId.of("alone"))));
        simulation.node("alone").start();
        simulation.runFor(LIMIT);
        startClient("liar");
        ask("liar", "alone", new ReplicaMethods.Open(STRONG, false));

        String refusal = ask("liar", "alone", new ReplicaMethods.Open(EVENTUAL, true));

        assertTrue(refusal.contains("recorded with policy \"strong\""), refusal);
    }

    @Test
    void othersAreAskedOnceAtATimeAboutEachOfFewStores() {
        List<Responder<PolicyMethod.Recorded>> asked = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        Voters voters = Voters.stable(List.of(NodeId.of("asker"), NodeId.of("stub1"), NodeId.of("stub2")));
        for (String other : List.of("stub1", "stub2")) {
            simulation.node(
                    other,
                    start -> node(start)
                            .serveInline(PolicyMethod.METHOD, (caller, question, answer) -> asked.add(answer)));
            simulation.node(other).start();
        }
        simulation.node("asker", start -> {
            PolicyDisputes disputes = new PolicyDisputes(
                    node(start), () -> voters, Duration.ofMinutes(1).toNanos());
            for (int store = 0; store < 2 * PolicyDisputes.MAX_DISPUTES; store++) {
                for (int i = 0; i < 2 * PolicyDisputes.MAX_WAITING; i++) {
                    disputes.ask(new StoreSpec("s" + store, "strong"), doubt -> verdicts.add(String.valueOf(doubt)));
                }
            }
        });
        simulation.node("asker").start();
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals(2 * PolicyDisputes.MAX_DISPUTES, asked.size());
        int refused = verdicts.size();
        assertEquals(
                2 * PolicyDisputes.MAX_DISPUTES * 2 * PolicyDisputes.MAX_WAITING
                        - PolicyDisputes.MAX_DISPUTES * PolicyDisputes.MAX_WAITING,
                refused);
        for (Responder<PolicyMethod.Recorded> answer : List.copyOf(asked)) {
            answer.reply(new PolicyMethod.Recorded("strong"));
        }
        simulation.runFor(Duration.ofSeconds(1));
        assertEquals(PolicyDisputes.MAX_DISPUTES * PolicyDisputes.MAX_WAITING, verdicts.size() - refused);
        assertTrue(verdicts.subList(refused, verdicts.size()).stream().allMatch("null"::equals));
    }

    private void replicate(SimStart start, List<NodeId> replicas) {
        RpcNode node = node(start);
        nodes.put(start.node().id().name(), node);
        replications.put(
                start.node().id().name(),
                NodeReplication.of(Replication.start(node, replicas, Storage.memory(), ReplicationOptions.defaults())
                        .loop()));
    }

    private void startReplicas(String... names) {
        for (String name : names) {
            simulation.node(name).start();
        }
        simulation.runFor(Duration.ofSeconds(5));
    }

    private void startClient(String name) {
        simulation.node(name).start();
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

    private Opening open(String at, StoreSpec spec) {
        List<Opening> openings = new ArrayList<>();
        SimNode node = simulation.node(at);
        node.execute(() -> openings.add(replication(at).openStore(spec, 2, changed -> {})));
        simulation.runUntil(() -> !openings.isEmpty() && openings.get(0).isOpen(), LIMIT);
        return openings.get(0);
    }

    private void record(String caller, String replica, StoreSpec spec) {
        assertEquals("recorded", ask(caller, replica, new ReplicaMethods.Open(spec, false)));
    }

    private String claim(String caller, String replica, StoreSpec spec) {
        return ask(caller, replica, new ReplicaMethods.Open(spec, true));
    }

    private boolean hasRecorded(String replica, StoreSpec spec) {
        return ask("first", replica, new ReplicaMethods.Open(spec, false)).equals("recorded");
    }

    private String ask(String caller, String replica, ReplicaMethods.Open request) {
        answers.clear();
        Voters voters = replication(replica).voters();
        long incarnation = voters.incarnation(voters.indexOf(NodeId.of(replica)));
        simulation
                .node(caller)
                .execute(() -> Objects.requireNonNull(nodes.get(caller))
                        .loop()
                        .send(
                                NodeId.of(replica),
                                ReplicaMethods.OPEN,
                                new Addressed<>(voters.since(), incarnation, request),
                                Duration.ofSeconds(10).toNanos(),
                                new ReplyHandler<>() {
                                    @Override
                                    public void onReply(NodeId peer, Boolean response) {
                                        answers.add("recorded");
                                    }

                                    @Override
                                    public void onFailure(NodeId peer, RpcException failure) {
                                        answers.add(
                                                failure instanceof RemoteException remote
                                                        ? remote.remoteMessage()
                                                        : String.valueOf(failure.getMessage()));
                                    }
                                }));
        simulation.runFor(Duration.ofSeconds(11));
        return answers.get(0);
    }

    private NodeReplication replication(String node) {
        return Objects.requireNonNull(replications.get(node));
    }
}
