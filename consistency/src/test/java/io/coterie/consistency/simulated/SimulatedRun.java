package io.coterie.consistency.simulated;

import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.consistency.simulated.callers.SharedKeys;
import io.coterie.consistency.simulated.callers.SimulatedClient;
import io.coterie.consistency.simulated.checks.AcceptLog;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.WrappedStore;
import io.coterie.consistency.simulated.faults.HalfwayFaults;
import io.coterie.consistency.simulated.faults.LyingClient;
import io.coterie.consistency.simulated.faults.LyingDetector;
import io.coterie.consistency.simulated.faults.PromiseFaults;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.FaultSpan;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** One simulated run of a strong cluster under faults, all of it drawn from one seed. */
public final class SimulatedRun {
    private static final int CLIENTS = 3;

    /** How long operations continue after the last fault is healed. */
    private static final Duration RECOVERY = Duration.ofMillis(500);

    /**
     * Nobody writes now, and a disk that stalled continues: what is left half done must not
     * stand in the way of readers.
     */
    private static final Duration CALM = Duration.ofSeconds(6);

    /** Within this time, after all of that, each node must have been answered for each key. */
    private static final Duration READ_BACK = Duration.ofSeconds(30);

    /** Longer than any run: homes that are avoided for so long are not to be had in it. */
    private static final Duration ALWAYS = Duration.ofHours(1);

    /** How long faults last at most, except for those of some long runs. */
    private static final Duration USUAL_FAULT = Duration.ofSeconds(3);

    /** The least that the longest fault of such a run may last. */
    private static final Duration LONG_FAULT = Duration.ofSeconds(10);

    /** The only nodes that change anything in a duel or a contest. */
    private static final List<String> RIVALS = List.of("c0", "c1");

    /** How often the nodes of a duel are struck when one of them has asked for promises. */
    private static final double STRIKES = 0.6;

    /** How often a change of a contest is struck halfway. */
    private static final double HALFWAY = 0.3;

    /** The client that may be another one than the rest. */
    private static final String THIRD = "c2";

    /** The one in a contest that finds no home. */
    private static final String ALONE = "c1";

    private final Simulation simulation;
    private final RunShape shape;
    private final Third third;
    private final List<LyingClient> liars = new ArrayList<>();
    private final SimulatedCluster cluster;
    private final SharedKeys keys;
    private final HistoryRecorder recorder;
    private final Map<SimNode, SimulatedClient> clients = new LinkedHashMap<>();
    /**
     * Stores that find no home for any key, until all is calm: to read at once, without one, may
     * keep a node waiting for long.
     */
    private final List<StrongStore> homeless = new ArrayList<>();

    private final AcceptLog accepted = new AcceptLog();
    private final Nemesis nemesis;
    private final History history;
    private final long readBackBegan;
    private final long powerLost;
    private final int lies;
    private Duration untilFirstClient = ALWAYS;
    private boolean over;
    private int toReadBack;

    public SimulatedRun(long seed, SimulatedCluster.Variant variant) {
        this(Simulation.create(seed), variant, UnaryOperator.identity());
    }

    private SimulatedRun(Simulation simulation, SimulatedCluster.Variant variant, UnaryOperator<RunShape> change) {
        this(simulation, variant, change, Third.HONEST, false);
    }

    /** What the third client is. */
    private enum Third {
        /** As the others. */
        HONEST,
        /** It lies wherever the protocol takes its word. */
        LIES,
        /** It only reads, and replicas let it do nothing else. */
        READS
    }

    private SimulatedRun(
            Simulation simulation,
            SimulatedCluster.Variant variant,
            UnaryOperator<RunShape> change,
            Third third,
            boolean detectorLies) {
        this.simulation = simulation;
        this.third = third;
        this.shape = change.apply(RunShape.draw(simulation.random("shape")));
        this.keys = new SharedKeys(shape.keys(), shape.operationsPerKey());
        this.recorder = new HistoryRecorder(simulation::nanos);
        PromiseFaults promises = new PromiseFaults(
                simulation,
                RIVALS,
                shape.duel() ? STRIKES : 0,
                shape.longestDelay().plus(shape.longestWrite()),
                shape.faulty());
        HalfwayFaults halfway = new HalfwayFaults(simulation, RIVALS, shape.contest() ? HALFWAY : 0, shape.faulty());
        SimulatedCluster.Variant hit = variant.withCollection(shape.collection())
                .withStorage(start -> accepted.noting(
                        start.node().id(),
                        halfway.hitting(
                                start, promises.hitting(start, variant.storage().apply(start)))))
                .withStore(context -> openStore(context, variant, promises, halfway));
        this.cluster = new SimulatedCluster(simulation, shape.replicas(), CLIENTS, hit, this::startClient);
        if (third == Third.READS) {
            cluster.onlyReads(NodeId.of(THIRD));
        }
        simulation.nodes().forEach(SimNode::start);
        if (simulation.random("founding").chance(0.75)) {
            cluster.awaitFounding(simulation);
        }
        LyingDetector detector = new LyingDetector(simulation, cluster, simulation.random("detector"));
        if (detectorLies) {
            detector.start();
        }
        this.nemesis = unleashFaults();
        simulation.runFor(shape.faulty());
        simulation.runFor(RECOVERY);
        over = true;
        clients.values().forEach(SimulatedClient::stop);
        liars.forEach(LyingClient::stop);
        detector.stop();
        this.lies = detector.lies();
        simulation.runFor(CALM);
        homeless.forEach(store -> store.keyContext()
                .replication()
                .replicas()
                .forEach(store.keyContext().homes()::answered));
        this.readBackBegan = simulation.nanos();
        if (readBack()) {
            this.powerLost = simulation.nanos() + 1;
            restartAll();
            readBack();
        } else {
            this.powerLost = Long.MAX_VALUE;
        }
        this.history = recorder.history();
    }

    /**
     * A run whose changes are struck halfway, and where one client has functions applied by the
     * home of their key.
     */
    static SimulatedRun contest(long seed, SimulatedCluster.Variant variant) {
        return new SimulatedRun(Simulation.create(seed), variant, RunShape::asContest);
    }

    /**
     * A contest of changes and deletes that are struck halfway, and reads of what they have
     * reached.
     */
    public static SimulatedRun contestOfDeletes(long seed, SimulatedCluster.Variant variant) {
        return new SimulatedRun(Simulation.create(seed), variant, RunShape::asContestOfDeletes);
    }

    /** A run in which one client lies wherever the protocol takes its word. */
    static SimulatedRun withLies(long seed, SimulatedCluster.Variant variant) {
        return new SimulatedRun(Simulation.create(seed), variant, UnaryOperator.identity(), Third.LIES, false);
    }

    /** A run in which the failure detectors of all nodes answer at random. */
    static SimulatedRun withLyingDetector(long seed, SimulatedCluster.Variant variant) {
        return new SimulatedRun(Simulation.create(seed), variant, UnaryOperator.identity(), Third.HONEST, true);
    }

    /** A run in which one client is a reader. */
    static SimulatedRun withReader(long seed, SimulatedCluster.Variant variant) {
        return new SimulatedRun(Simulation.create(seed), variant, UnaryOperator.identity(), Third.READS, false);
    }

    /**
     * Reads all keys that were ever used at all nodes; returns whether all came to the end of it.
     */
    private boolean readBack() {
        Set<String> keysUsed = new TreeSet<>(recorder.history().byKey().keySet());
        toReadBack = simulation.nodes().size();
        clients.forEach((node, client) -> node.execute(() -> client.readBack(keysUsed.iterator(), () -> toReadBack--)));
        return simulation.runUntil(() -> toReadBack == 0, READ_BACK);
    }

    /** All lose their power at once, and what they acknowledged must be there afterwards. */
    private void restartAll() {
        clients.clear();
        simulation.nodes().forEach(SimNode::crash);
        simulation.nodes().forEach(SimNode::start);
        simulation.runUntil(() -> clients.size() == simulation.nodes().size(), READ_BACK);
    }

    /** The whole trace of a correct cluster's run, and its history. */
    public static String traced(long seed) {
        StringBuilder trace = new StringBuilder();
        Simulation simulation = Simulation.create(seed);
        simulation.traceTo(line -> trace.append(line).append('\n'));
        SimulatedRun run = new SimulatedRun(simulation, SimulatedCluster.Variant.CORRECT, UnaryOperator.identity());
        return trace + run.history().toText();
    }

    public Simulation simulation() {
        return simulation;
    }

    /** How many opinions of failure detectors were made up. */
    int lies() {
        return lies;
    }

    RunShape shape() {
        return shape;
    }

    /**
     * For how long there were both faults and clients: a store does not open before most nodes are
     * up, which faults may put off. Faults that last for long do not count, as two of them may
     * leave no majority for as long.
     */
    Duration contested() {
        Duration contested = shape.faulty().minus(untilFirstClient).minusNanos(nanosOfLongFaults());
        return contested.isNegative() ? Duration.ZERO : contested;
    }

    private long nanosOfLongFaults() {
        long nanos = 0;
        long until = 0;
        for (FaultSpan span : nemesis.spans()) {
            if (span.ended() - span.began() > USUAL_FAULT.toNanos()) {
                nanos += Math.max(0, span.ended() - Math.max(until, span.began()));
                until = Math.max(until, span.ended());
            }
        }
        return nanos;
    }

    public History history() {
        return history;
    }

    /**
     * Whether every node was answered for every key that was ever used, after the last
     * disturbance.
     */
    public boolean answersEverywhere() {
        return toReadBack == 0
                && history.operations().stream()
                        .allMatch(
                                operation -> operation.invoked() < readBackBegan || operation.outcome() == Outcome.OK);
    }

    /** Where replicas accepted different states under one ballot. */
    public List<String> disagreements() {
        return accepted.disagreements();
    }

    /** The faults of the run, as bands of a chart. */
    public List<HistoryChart.Band> faults() {
        return ViolationPages.bands(nemesis);
    }

    public Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel()).check(history);
    }

    /** What was done not at all or twice, and what was lost when all lost their power. */
    public List<Contradiction> contradictions() {
        List<Contradiction> found = new ArrayList<>(ExactlyOnceChecker.check(history, readBackBegan));
        found.addAll(DurabilityChecker.check(history, powerLost));
        return found;
    }

    private PolicyStore openStore(
            StoreContext context, SimulatedCluster.Variant variant, PromiseFaults promises, HalfwayFaults halfway) {
        PolicyStore store = variant.store().apply(context);
        promises.started(context);
        halfway.started(context);
        boolean alone =
                shape.duel() || (shape.contest() && context.self().name().equals(ALONE));
        PolicyStore correct = store instanceof WrappedStore wrapped ? wrapped.correct() : store;
        if (alone && !over && correct instanceof StrongStore strong) {
            context.replicas()
                    .forEach(home -> strong.keyContext()
                            .homes()
                            .avoid(home, strong.keyContext().now(), ALWAYS.toNanos()));
            homeless.add(strong);
        }
        return store;
    }

    private void startClient(SimStart start, PolicyStore store) {
        String process = start.node().id() + "." + start.number();
        SimulatedClient client = new SimulatedClient(
                process, start.world(), store, keys, recorder, simulation.random("client " + process), shape);
        clients.put(start.node(), client);
        boolean isThird = start.node().id().name().equals(THIRD);
        if (third == Third.LIES && !over && isThird) {
            SimRandom random = simulation.random("liar " + process);
            LyingClient liar = new LyingClient(cluster.loop(start.node()), () -> drawKey(random), random);
            liars.add(liar);
            liar.start();
            return;
        }
        if (third == Third.READS && isThird) {
            if (!over) {
                client.startReading();
            }
            return;
        }
        boolean changes =
                !shape.hasRivals() || RIVALS.contains(start.node().id().name());
        if (!over && !changes && shape.readers()) {
            client.startReading();
        } else if (!over && changes) {
            client.start();
            if (untilFirstClient.equals(ALWAYS)) {
                untilFirstClient = Duration.ofNanos(simulation.nanos());
            }
        }
    }

    private String drawKey(SimRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> keys.counter(random);
            case 1 -> keys.log(random);
            default -> keys.register(random);
        };
    }

    /** Delays that let messages overtake each other are always there; the plan comes on top. */
    private Nemesis unleashFaults() {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5) || shape.contest());
        boolean zeroTails = random.chance(0.5);
        simulation.nodes().forEach(node -> {
            node.disk().zeroTails(zeroTails);
            node.disk().jobTime(RunShape.MIN_DELAY, shape.longestWrite());
        });
        simulation.network().faults(NetworkFaults.none().withDelay(RunShape.MIN_DELAY, shape.longestDelay()));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(shape.replicas()));
        FaultPlan plan = new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(20), Duration.ofMillis(random.chance(0.4) ? 150 : 1000)),
                drawLongestFault(random),
                drawn.strength());
        return Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, shape.faulty());
    }

    /**
     * In half of the long runs faults may last to the end; short runs make one draw less, so that
     * their seeds stay as they are.
     */
    private Duration drawLongestFault(SimRandom random) {
        Duration usual =
                random.between(Duration.ofMillis(10), random.chance(0.4) ? Duration.ofMillis(150) : USUAL_FAULT);
        return shape.isLong() && random.chance(0.5) ? random.between(LONG_FAULT, shape.faulty()) : usual;
    }
}
