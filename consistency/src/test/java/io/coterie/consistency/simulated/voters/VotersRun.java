package io.coterie.consistency.simulated.voters;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.callers.SharedKeys;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.spi.Voters.Member;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.Contradiction;
import io.coterie.simulation.history.ExactlyOnceChecker;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One simulated run in which three of several replicas vote, and are replaced by others again and
 * again, while callers change keys and nodes fail, all of it drawn from one seed.
 *
 * <p>An exchange is driven by hand. All nodes get joint voters, each at its own time. Then each key
 * is read, so that the next group has what is chosen. Then all get the next group.
 */
final class VotersRun {
    private static final int REPLICAS = 8;
    private static final int VOTERS = 3;
    private static final int MAX_REPLACED = 2;
    private static final int CLIENTS = 2;
    private static final Duration CALM = Duration.ofSeconds(8);
    private static final Duration READ_BACK = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration ATTEMPT = Duration.ofSeconds(1);

    /** The store of one start of a node. */
    private record Opened(SimStart start, PolicyStore store) {}

    /** How a group is exchanged. */
    enum Exchange {
        /** By way of joint voters, with all values read between. */
        JOINT,
        /** In one step, which is wrong. */
        AT_ONCE
    }

    private final Simulation simulation;
    private final Exchange exchange;
    private final RunShape shape;
    private final SharedKeys keys;
    private final HistoryRecorder recorder;
    private final SimRandom random;
    private final SimulatedCluster cluster;
    private final Map<SimNode, SimulatedClient> clients = new LinkedHashMap<>();
    private final Map<SimNode, Opened> opened = new LinkedHashMap<>();

    /** What each node has, or gets when it starts. */
    private final Map<NodeId, Voters> given = new HashMap<>();

    /** What each node has taken. */
    private final Map<NodeId, Voters> taken = new HashMap<>();

    private final Nemesis nemesis;
    private final History history;
    private final long readBackBegan;
    private Voters voters;
    private long since = 1;
    private int exchanges;

    /** The next replica that has never voted. */
    private int fresh;

    private boolean over;
    private int toReadBack;

    VotersRun(long seed, Exchange exchange, SimulatedCluster.Variant variant) {
        this.simulation = Simulation.create(seed);
        this.exchange = exchange;
        this.shape = RunShape.draw(simulation.random("shape"));
        this.random = simulation.random("voters");
        this.keys = new SharedKeys(shape.keys(), shape.operationsPerKey());
        this.recorder = new HistoryRecorder(simulation::nanos);
        List<Integer> first = new ArrayList<>();
        while (fresh < VOTERS) {
            first.add(fresh++);
        }
        this.voters = Voters.stable(since, members(first));
        this.cluster = new SimulatedCluster(
                simulation,
                REPLICAS,
                CLIENTS,
                variant.withCollection(shape.collection()).withStore(context -> opened(context, variant)),
                this::startClient);
        simulation.nodes().forEach(node -> given.put(node.id(), voters));
        simulation.nodes().forEach(SimNode::start);
        this.nemesis = unleashFaults();
        while (simulation.now().compareTo(shape.faulty()) < 0) {
            simulation.runFor(random.between(Duration.ZERO, shape.faulty().dividedBy(4)));
            exchange();
        }
        over = true;
        clients.values().forEach(SimulatedClient::stop);
        simulation.runFor(CALM);
        this.readBackBegan = simulation.nanos();
        readBack();
        this.history = recorder.history();
    }

    private PolicyStore opened(StoreContext context, SimulatedCluster.Variant variant) {
        NodeReplication replication = NodeReplication.of(context.loop());
        context.world().scheduler().execute(() -> take(replication));
        return variant.store().apply(context);
    }

    private void take(NodeReplication replication) {
        Voters now = given.getOrDefault(replication.self(), voters);
        replication.changeVoters(now);
        taken.put(replication.self(), now);
    }

    private void exchange() {
        List<Member> before = membersOf(voters);
        List<Member> after = draw(before);
        if (after.equals(before)) {
            return;
        }
        exchanges++;
        if (exchange == Exchange.JOINT) {
            give(Voters.joint(++since, before, after));
            readAll();
        }
        give(Voters.stable(++since, after));
    }

    /**
     * One or two are replaced. A replica that was replaced never comes back: it may have accepted
     * under a high ballot what was never chosen.
     */
    private List<Member> draw(List<Member> before) {
        List<Member> after = new ArrayList<>(before);
        for (int i = random.nextInt(MAX_REPLACED); i >= 0 && fresh < REPLICAS; i--) {
            after.remove(random.nextInt(after.size()));
            after.addAll(members(List.of(fresh++)));
        }
        return after;
    }

    private static List<Member> members(List<Integer> indexes) {
        return indexes.stream().map(i -> new Member(NodeId.of("r" + i), 1)).toList();
    }

    private static List<Member> membersOf(Voters stable) {
        return stable.replicas().stream().map(name -> new Member(name, 1)).toList();
    }

    /** Returns when each node that is up has them. */
    private void give(Voters next) {
        voters = next;
        for (SimNode node : simulation.nodes()) {
            long at = random.between(Duration.ZERO, Duration.ofMillis(100)).toNanos();
            simulation.after(Duration.ofNanos(at), () -> {
                given.put(node.id(), next);
                if (node.isUp()) {
                    node.execute(() -> take(cluster.loop(node)));
                }
            });
        }
        require(simulation.runUntil(
                () -> simulation.nodes().stream()
                        .allMatch(node -> next.equals(given.get(node.id()))
                                && (!node.isUp() || next.equals(taken.get(node.id())))),
                LIMIT));
    }

    /** Reads what may be on a minority of the next group. */
    private void readAll() {
        Set<String> left = new TreeSet<>(recorder.history().byKey().keySet());
        for (int i = 0; i < LIMIT.dividedBy(ATTEMPT) && !left.isEmpty(); i++) {
            opened.forEach((node, last) -> {
                if (node.isUp() && node.current().equals(last.start())) {
                    node.execute(() -> Set.copyOf(left).forEach(key -> read(last, key, left)));
                }
            });
            simulation.runUntil(left::isEmpty, ATTEMPT);
        }
        require(left.isEmpty());
    }

    private static void read(Opened last, String key, Set<String> left) {
        long deadline = last.start().world().clock().nanos() + ATTEMPT.toNanos();
        last.store().execute(key.getBytes(StandardCharsets.UTF_8), new Operation.Get(), deadline, new Completion() {
            @Override
            public void complete(Result result) {
                left.remove(key);
            }

            @Override
            public void fail(Throwable error) {}
        });
    }

    private void require(boolean done) {
        if (!done) {
            throw new IllegalStateException(simulation + ": no exchange within " + LIMIT);
        }
    }

    private void readBack() {
        Set<String> keysUsed = new TreeSet<>(recorder.history().byKey().keySet());
        toReadBack = simulation.nodes().size();
        clients.forEach((node, client) -> node.execute(() -> client.readBack(keysUsed.iterator(), () -> toReadBack--)));
        simulation.runUntil(() -> toReadBack == 0, READ_BACK);
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        SimulatedClient client = new SimulatedClient(
                process, start.world(), store, keys, recorder, simulation.random("client " + process), shape);
        clients.put(start.node(), client);
        opened.put(start.node(), new Opened(start, store));
        if (!over) {
            client.start();
        }
    }

    /** A lost disk would be replaced by a replica with another incarnation. */
    private Nemesis unleashFaults() {
        SimRandom plans = simulation.random("plan");
        simulation.network().signalsConnections(plans.chance(0.5));
        simulation.nodes().forEach(node -> node.disk().jobTime(RunShape.MIN_DELAY, shape.longestWrite()));
        simulation.network().faults(NetworkFaults.none().withDelay(RunShape.MIN_DELAY, shape.longestDelay()));
        FaultPlan drawn = FaultPlan.draw(plans, 1);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        faults.addAll(drawn.faults());
        faults.remove(Fault.LOST_DISK);
        FaultPlan plan = new FaultPlan(
                faults,
                drawn.maxDown(),
                plans.between(Duration.ofMillis(20), Duration.ofSeconds(1)),
                plans.between(Duration.ofMillis(10), Duration.ofSeconds(2)),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, shape.faulty());
    }

    History history() {
        return history;
    }

    int exchanges() {
        return exchanges;
    }

    List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history);
    }

    List<Contradiction> contradictions() {
        return ExactlyOnceChecker.check(history, readBackBegan);
    }

    /** Whether every node was answered for every key after the last exchange. */
    boolean answersEverywhere() {
        return toReadBack == 0
                && history.operations().stream()
                        .allMatch(
                                operation -> operation.invoked() < readBackBegan || operation.outcome() == Outcome.OK);
    }
}
