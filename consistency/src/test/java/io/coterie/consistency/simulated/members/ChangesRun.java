package io.coterie.consistency.simulated.members;

import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.callers.SharedKeys;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.AcceptLog;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.ChangesShape.Kind;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.storage.Storage;
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
import io.coterie.simulation.history.DurabilityChecker;
import io.coterie.simulation.history.ExactlyOnceChecker;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.HistoryChart;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * One simulated run in which the members of a cluster change while callers change keys and nodes
 * fail, all of it drawn from one seed.
 */
final class ChangesRun {
    private static final int CLIENTS = 2;
    private static final Duration FOUNDING = Duration.ofSeconds(60);
    private static final Duration CALM = Duration.ofSeconds(6);
    private static final Duration READ_BACK = Duration.ofSeconds(30);

    /** A driver waits for a member that it needs, and others wait for a driver. */
    private static final Duration SETTLING = Duration.ofMinutes(5);

    /** What can befall processes and disks but that they end. */
    private static final Set<Fault> ENDING =
            EnumSet.of(Fault.KILL, Fault.CRASH, Fault.POWER_LOSS, Fault.STOP, Fault.DISK_FULL, Fault.FAILED_FORCE);

    /** What keeps no replica silent. */
    private static final Set<Fault> OF_CLOCKS =
            EnumSet.of(Fault.CLOCK_JUMP, Fault.CLOCK_DRIFT, Fault.CLOCK_STROBE, Fault.DUPLICATION);

    private final UnaryOperator<Storage> forgetting;
    private final boolean joining;
    private final Simulation simulation;
    private final RunShape shape;
    private final ChangesShape changes;
    private final SharedKeys keys;
    private final HistoryRecorder recorder;
    private final SimulatedCluster cluster;
    private final List<SimNode> replicas = new ArrayList<>();
    private final Map<SimNode, SimulatedClient> clients = new LinkedHashMap<>();
    private final AcceptLog accepted = new AcceptLog();
    private final MembersAudit audit = new MembersAudit();
    private final Operator operator;
    private final Nemesis nemesis;
    private final History history;
    private final long readBackBegan;
    private final boolean settled;
    private long powerLost = Long.MAX_VALUE;
    private boolean over;
    private int toReadBack;

    ChangesRun(long seed, Variant variant) {
        this(seed, variant, UnaryOperator.identity());
    }

    /** @param forgetting what stands between replicas and the audited storage */
    ChangesRun(long seed, Variant variant, UnaryOperator<Storage> forgetting) {
        this(seed, variant, forgetting, false);
    }

    /** @param joining whether nodes know addresses alone, the founders from the founding on */
    ChangesRun(long seed, Variant variant, UnaryOperator<Storage> forgetting, boolean joining) {
        this.forgetting = forgetting;
        this.joining = joining;
        this.simulation = Simulation.create(seed);
        this.shape = RunShape.draw(simulation.random("shape"));
        this.changes = ChangesShape.draw(simulation.random("changes"));
        this.keys = new SharedKeys(shape.keys(), shape.operationsPerKey());
        this.recorder = new HistoryRecorder(simulation::nanos);
        this.cluster = new SimulatedCluster(
                simulation,
                changes.first(),
                CLIENTS,
                variant.withCollection(shape.collection())
                        .withStorage(start -> storage(start, variant))
                        .withObserved(this::observe)
                        .withLimits(changes.limits()),
                this::startClient);
        found();
        this.operator = new Operator(simulation, cluster, changes, audit, replicas);
        this.nemesis = unleashFaults();
        while (!nemesis.isOver()) {
            simulation.runFor(simulation.random().between(Duration.ZERO, changes.longestPause()));
            operator.act();
        }
        over = true;
        clients.values().forEach(SimulatedClient::stop);
        simulation.runFor(CALM);
        boolean first = simulation.runUntil(operator::isSettled, SETTLING);
        this.readBackBegan = simulation.nanos();
        boolean answered = first && readBack();
        if (answered && changes.kind() != Kind.MEMORY) {
            powerLost = simulation.nanos() + 1;
            restartAll();
            first = simulation.runUntil(operator::isSettled, SETTLING);
            readBack();
        }
        this.settled = first;
        this.history = recorder.history();
    }

    private Storage storage(SimStart start, Variant variant) {
        NodeId replica = start.node().id();
        Storage correct = changes.kind() == Kind.MEMORY
                ? Storage.memory()
                : variant.storage().apply(start);
        return forgetting.apply(audit.noting(replica, accepted.noting(replica, correct)));
    }

    private void observe(Replication replication) {
        NodeReplication loop = NodeReplication.of(replication.loop());
        loop.onConfiguration(adopted -> audit.adopted(loop.self(), adopted, loop.localRecords()));
    }

    private void found() {
        List<NodeId> founders = new ArrayList<>();
        for (int i = 0; i < changes.first(); i++) {
            replicas.add(simulation.node("r" + i));
            founders.add(NodeId.of("r" + i));
        }
        replicas.forEach(SimNode::start);
        require(simulation.runUntil(
                () -> replicas.stream()
                        .allMatch(node -> cluster.replication(node).localState() == ReplicaState.VOTING),
                FOUNDING));
        for (int i = 0; i < changes.spares(); i++) {
            List<NodeId> listed = new ArrayList<>(founders);
            listed.add(NodeId.of("s" + i));
            replicas.add(cluster.newcomer(simulation, "s" + i, listed));
        }
        if (joining) {
            List<String> addresses =
                    replicas.stream().map(replica -> replica.id().name()).toList();
            replicas.forEach(replica -> cluster.join(replica, List.of(replica.id()), addresses));
            simulation.nodes().stream()
                    .filter(node -> !replicas.contains(node))
                    .forEach(client -> cluster.join(client, List.of(), addresses));
        }
        simulation.nodes().stream().filter(node -> !node.isUp()).forEach(SimNode::start);
    }

    private void require(boolean done) {
        if (!done) {
            throw new IllegalStateException(simulation + ": the cluster is not founded within " + FOUNDING);
        }
    }

    private boolean readBack() {
        Set<String> keysUsed = new TreeSet<>(recorder.history().byKey().keySet());
        toReadBack = simulation.nodes().size();
        clients.forEach((node, client) -> node.execute(() -> client.readBack(keysUsed.iterator(), () -> toReadBack--)));
        return simulation.runUntil(() -> toReadBack == 0, READ_BACK);
    }

    private void restartAll() {
        clients.clear();
        simulation.nodes().forEach(SimNode::crash);
        simulation.nodes().forEach(SimNode::start);
        simulation.runUntil(() -> clients.size() == simulation.nodes().size(), READ_BACK);
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        SimulatedClient client = new SimulatedClient(
                process, start.world(), store, keys, recorder, simulation.random("client " + process), shape);
        clients.put(start.node(), client);
        if (!over) {
            client.start();
        }
    }

    private Nemesis unleashFaults() {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5));
        boolean zeroTails = random.chance(0.5);
        simulation.nodes().forEach(node -> {
            node.disk().zeroTails(zeroTails);
            node.disk().jobTime(RunShape.MIN_DELAY, shape.longestWrite());
        });
        simulation.network().faults(NetworkFaults.none().withDelay(RunShape.MIN_DELAY, shape.longestDelay()));
        FaultPlan drawn = FaultPlan.draw(random, 1);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        faults.addAll(drawn.faults());
        faults.remove(Fault.LOST_DISK);
        if (changes.kind() == Kind.MEMORY) {
            faults.removeAll(ENDING);
        } else if (changes.kind() == Kind.OLDER_COPIES) {
            faults.retainAll(OF_CLOCKS);
        }
        FaultPlan plan = new FaultPlan(
                faults,
                drawn.maxDown(),
                random.between(Duration.ofMillis(20), Duration.ofSeconds(1)),
                random.between(Duration.ofMillis(10), Duration.ofSeconds(3)),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, changes.faulty());
    }

    History history() {
        return history;
    }

    /** How many changes the all-seeing audit has looked at. */
    int commits() {
        return audit.commits();
    }

    int aborts() {
        return audit.aborts();
    }

    String text() {
        return changes.kind() + ", " + audit.commits() + " changes made, " + audit.aborts() + " taken back, "
                + history.count(Outcome.OK) + " answers; " + operator.text();
    }

    List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history);
    }

    List<Contradiction> contradictions() {
        List<Contradiction> found = new ArrayList<>(ExactlyOnceChecker.check(history, readBackBegan));
        found.addAll(DurabilityChecker.check(history, powerLost));
        return found;
    }

    /** What the all-seeing audit has found. */
    List<String> problems() {
        List<String> found = new ArrayList<>(audit.problems());
        found.addAll(accepted.disagreements());
        return found;
    }

    /** Whether the members are settled after the last disturbance, and all records are there. */
    boolean isSettled() {
        return settled;
    }

    /** Whether every node was answered for every key after the last disturbance. */
    boolean answersEverywhere() {
        return toReadBack == 0
                && history.operations().stream()
                        .allMatch(
                                operation -> operation.invoked() < readBackBegan || operation.outcome() == Outcome.OK);
    }
}
