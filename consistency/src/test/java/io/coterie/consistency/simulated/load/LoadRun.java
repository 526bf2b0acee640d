package io.coterie.consistency.simulated.load;

import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SlowLinks;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.FaultSpan;
import io.coterie.simulation.faults.Nemesis;
import io.coterie.simulation.history.HistoryRecorder;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One simulated run of a strong cluster that is used as usual, then for a while by a hundred times
 * as many callers and under some faults, then as usual again. Each message, task and disk job takes
 * a node some time, each byte a link, and queues are bounded.
 */
final class LoadRun {
    static final Duration BEFORE = Duration.ofSeconds(1);
    static final Duration STORM = Duration.ofSeconds(2);

    /** After this time nothing is to be seen of the storm. */
    static final Duration RECOVERY = Duration.ofSeconds(1);

    static final Duration AFTER = Duration.ofSeconds(1);

    /**
     * How long after its deadline an operation may end, where its node has much to do or is paused.
     */
    static final Duration LATEST = Duration.ofSeconds(1);

    private static final Duration MAX_FAULT = Duration.ofMillis(500);
    private static final Duration WARM_UP = Duration.ofMillis(500);
    private static final Duration STARTED = Duration.ofSeconds(10);
    private static final int CLIENTS = 3;

    /** Hundreds begin something on one key at one time: some seeds need more than is usual. */
    private static final long MAX_STEPS = 30_000_000;

    private static final int TIMES_AS_MANY = 100;
    private static final Duration SERVICE_TIME = Duration.ofNanos(200_000);
    private static final long LINK_BYTES_PER_SECOND = 25_000_000;

    /** Those that end when the storm does, without an aftermath of their own. */
    private static final List<Fault> FAULTS = List.of(
            Fault.KILL,
            Fault.CRASH,
            Fault.PAUSE,
            Fault.PARTITION,
            Fault.ISOLATION,
            Fault.ONE_WAY,
            Fault.FLAPPING,
            Fault.BROKEN_LINK,
            Fault.RESET,
            Fault.LOSS,
            Fault.DUPLICATION,
            Fault.DELAY,
            Fault.SLOW_LINK,
            Fault.CLOCK_JUMP,
            Fault.SLOW_DISK);

    private final Simulation simulation;
    private final SimRandom random;
    private final int replicas;
    private final LoadShape shape;
    private final HistoryRecorder recorder;
    private final Map<SimNode, LoadClient> clients = new LinkedHashMap<>();
    private final List<LoadClient> all = new ArrayList<>();
    private final List<LoadClient.Ended> ended = new ArrayList<>();
    private Usual before = Usual.NONE;
    private Usual during = Usual.NONE;
    private Usual after = Usual.NONE;
    private List<FaultSpan> faults = List.of();
    private boolean storming;
    private long calmSince;
    private boolean over;

    LoadRun(long seed) {
        this.simulation = Simulation.create(seed);
        this.random = simulation.random("load");
        this.replicas = seed % 2 == 0 ? 5 : 3;
        this.shape = LoadShape.draw(random);
        this.recorder = new HistoryRecorder(simulation::nanos);
        run();
    }

    private void run() {
        new SimulatedCluster(
                simulation, replicas, CLIENTS, SimulatedCluster.Variant.CORRECT, this::settings, this::opened);
        simulation.network().faults(NetworkFaults.none().withDelay(Duration.ofNanos(200_000), Duration.ofMillis(1)));
        simulation.network().signalsConnections(random.chance(0.7));
        simulation.nodes().forEach(SimNode::start);
        takeTime();
        if (!simulation.runUntil(() -> clients.size() == replicas + CLIENTS, STARTED)) {
            throw new AssertionError("only the nodes " + clients.keySet() + " had opened the store after " + STARTED);
        }
        simulation.runFor(WARM_UP);
        long begin = simulation.nanos();
        simulation.runFor(BEFORE);
        before = usual(begin, simulation.nanos());
        begin = simulation.nanos();
        storm();
        during = usual(begin, simulation.nanos());
        simulation.runFor(RECOVERY);
        begin = simulation.nanos();
        simulation.runFor(AFTER);
        after = usual(begin, simulation.nanos());
        all.forEach(LoadClient::stop);
        simulation.runFor(LoadClient.TIMEOUT.plus(LATEST));
        over = true;
    }

    private void storm() {
        storming = true;
        clients.forEach((node, client) -> node.execute(() -> client.storm(TIMES_AS_MANY)));
        Set<Fault> drawn = EnumSet.noneOf(Fault.class);
        for (Fault fault : FAULTS) {
            if (random.chance(0.3)) {
                drawn.add(fault);
            }
        }
        FaultPlan plan = new FaultPlan(drawn, Quorums.tolerated(replicas), MAX_FAULT, MAX_FAULT, random.nextDouble());
        Nemesis nemesis = Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, STORM);
        simulation.runFor(STORM);
        nemesis.calm();
        faults = nemesis.spans();
        storming = false;
        calmSince = simulation.nanos();
        all.forEach(LoadClient::calm);
    }

    private void settings(SimStart start, RpcNodeBuilder node) {
        node.world(start.world())
                .transport(
                        new SlowLinks(start.transport(), start.world(), LINK_BYTES_PER_SECOND, shape.mostQueuedBytes()))
                .maxPayloadBytes(LoadShape.MAX_PAYLOAD_BYTES)
                .maxInFlightPerPeer(shape.mostInFlight());
    }

    private void opened(SimStart start, PolicyStore store) {
        SimRandom chance = simulation.random("client " + start);
        LoadClient client = new LoadClient(simulation, start, store, recorder, chance, shape, ended::add);
        clients.put(start.node(), client);
        all.add(client);
        client.addUsual();
        if (storming) {
            client.storm(TIMES_AS_MANY);
        }
    }

    /** Faults of processes leave those whom they befell as fast as can be. */
    private void takeTime() {
        simulation.nodes().forEach(node -> node.slowDown(SERVICE_TIME));
        if (!over) {
            simulation.after(Duration.ofMillis(1), this::takeTime);
        }
    }

    /**
     * How the usual callers fared in a while.
     *
     * @param done how many of their operations ended well in it
     * @param failed how many did not, leaving out those that began in the storm: a round may be
     *     alone against others until its last deadline
     * @param slowest99 what 99 of 100 that ended in it took at most; all of the while, if none did
     */
    record Usual(long done, long failed, Duration slowest99) {
        static final Usual NONE = new Usual(0, 0, Duration.ZERO);
    }

    private Usual usual(long from, long to) {
        List<LoadClient.Ended> mine = ended.stream()
                .filter(one -> !one.storm() && one.ended() >= from && one.ended() < to)
                .toList();
        long failed = mine.stream()
                .filter(one -> one.error() != null && one.began() >= calmSince)
                .count();
        long done = mine.stream().filter(one -> one.error() == null).count();
        List<Long> took =
                mine.stream().map(one -> one.ended() - one.began()).sorted().toList();
        long slowest = took.isEmpty() ? to - from : took.get(took.size() * 99 / 100);
        return new Usual(done, failed, Duration.ofNanos(slowest));
    }

    Usual before() {
        return before;
    }

    Usual during() {
        return during;
    }

    Usual after() {
        return after;
    }

    /** All operations that have ended, of the storm and the usual ones. */
    List<LoadClient.Ended> ended() {
        return ended;
    }

    /** How many operations have not ended long after their deadlines, at nodes that live. */
    int hanging() {
        return all.stream().mapToInt(LoadClient::inFlight).sum();
    }

    Verdict verdict() {
        return LinearizabilityChecker.of(new RegisterModel())
                .withMaxSteps(MAX_STEPS)
                .check(recorder.history());
    }

    @Override
    public String toString() {
        return replicas + " replicas, " + shape + ", usual load before " + before + ", meanwhile " + during + ", after "
                + after + ", faults " + faults;
    }
}
