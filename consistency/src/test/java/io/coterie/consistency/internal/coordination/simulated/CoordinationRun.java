package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.cluster.SteadyClocks;
import io.coterie.consistency.internal.coordination.ledger.CounterLedger;
import io.coterie.consistency.internal.coordination.ledger.LeaseBars;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.internal.coordination.ledger.Violations;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.simulated.checks.ViolationPages;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One simulated run of everything that coordinates, under faults, all of it drawn from one seed.
 */
final class CoordinationRun {
    private static final int CLIENTS = 3;
    private static final int SEMAPHORE_PERMITS = 2;
    private static final Duration FAULTY = Duration.ofSeconds(30);
    private static final Duration LAST_STORM = Duration.ofSeconds(1);
    private static final Duration SETTLED = Duration.ofSeconds(12);
    private static final Duration MIN_DELAY = Duration.ofNanos(100_000);
    private static final Duration MAX_DELAY = Duration.ofMillis(20);

    private final Simulation simulation;
    private final SteadyClocks clocks;
    private final Violations violations;
    private final Map<String, LeaseLedger> ledgers = new LinkedHashMap<>();
    private final Latches latches;
    private final CounterLedger counter;
    private final Map<SimNode, Crew> crews = new LinkedHashMap<>();
    private final Duration duration;
    private final Nemesis nemesis;
    private final int latchesPassed;
    private final Map<String, Integer> grants = new LinkedHashMap<>();
    private boolean calm;
    private boolean stopped;

    CoordinationRun(long seed, LeaseRules rules) {
        this(seed, rules, null);
    }

    private CoordinationRun(long seed, LeaseRules rules, @Nullable Consumer<String> trace) {
        this.simulation = Simulation.create(seed);
        if (trace != null) {
            simulation.traceTo(trace);
        }
        this.violations = new Violations(simulation);
        int replicas = simulation.random().chance(0.5) ? 3 : 5;
        this.duration = simulation.random().between(Duration.ofMillis(300), Duration.ofSeconds(2));
        this.latches = new Latches(violations, replicas + CLIENTS);
        this.counter = new CounterLedger(violations);
        this.clocks = SteadyClocks.draw(simulation);
        FaultPlan plan = drawPlan(replicas);
        boolean lossIsReportedInTime =
                clocks.areWithinTheMargin() && !plan.faults().contains(Fault.SLOW_PROCESS);
        for (String name : List.of("red", "blue", "pool", "chief")) {
            int permits = name.equals("pool") ? SEMAPHORE_PERMITS : 1;
            ledgers.put(name, new LeaseLedger(simulation, violations, name, permits, lossIsReportedInTime));
        }
        new CoordinationCluster(simulation, replicas, CLIENTS, rules, clocks, this::board);
        simulation.nodes().forEach(SimNode::start);
        this.nemesis = Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan, FAULTY);
        simulation.runFor(FAULTY.minus(LAST_STORM));
        if (simulation.random().chance(0.5)) {
            stop();
        }
        simulation.runFor(LAST_STORM);
        this.latchesPassed = latches.latest();
        ledgers.forEach((name, ledger) -> grants.put(name, ledger.grants()));
        settle();
    }

    /** The whole trace of a correct run. */
    static String traced(long seed) {
        StringBuilder trace = new StringBuilder();
        var unused = new CoordinationRun(
                seed, new LeaseRules(), line -> trace.append(line).append('\n'));
        return trace.toString();
    }

    /** Whether clocks are so wrong that only tokens show who holds what. */
    boolean clocksAreWild() {
        return !clocks.areWithinTheMargin();
    }

    List<String> violations() {
        return violations.found();
    }

    /**
     * Accepts a run without violations.
     *
     * @throws AssertionError if there are any, once a page with the leases around the first is
     *     drawn
     */
    void requireNoViolations(ViolationPages pages) {
        if (!violations.all().isEmpty()) {
            Violations.Violation first = violations.all().get(0);
            throw pages.failure(
                    String.join("\n", violations()),
                    first.toString(),
                    LeaseBars.around(first, ledgers.values()),
                    ViolationPages.bands(nemesis));
        }
    }

    Map<String, LeaseLedger> ledgers() {
        return ledgers;
    }

    /** How many leases of each name were given until the faults were over. */
    Map<String, Integer> grants() {
        return grants;
    }

    /** How many latches someone saw open, and moved to the next, until then. */
    int latchesPassed() {
        return latchesPassed;
    }

    CounterLedger counter() {
        return counter;
    }

    private void board(CoordinationCluster.Member member) {
        Crew crew = new Crew(simulation, member, ledgers, latches, counter, violations, duration);
        crews.put(member.start().node(), crew);
        if (calm) {
            crew.calm();
        }
        if (!stopped) {
            crew.begin();
        }
    }

    /**
     * All faults are over: everyone must come to rest, leave nothing behind, and get what it asks
     * for.
     */
    private void settle() {
        Aftermath aftermath = new Aftermath(simulation, violations, crews);
        if (!stopped) {
            calm = true;
            onEachNode(Crew::calm);
            simulation.runFor(SETTLED);
            if (clocks.areWithinTheMargin()) {
                aftermath.oneLeaderLeads();
            }
            stop();
        }
        simulation.runFor(SETTLED);
        aftermath.noGhostHoldsAnything();
        if (clocks.areWithinTheMargin()) {
            aftermath.everyoneIsServed(ledgers);
            aftermath.theLastLatchOpens(latches);
            ledgers.values().forEach(LeaseLedger::checkOverlaps);
        }
    }

    /** Everyone gives up what it holds and what it waits for, be it in the middle of a storm. */
    private void stop() {
        stopped = true;
        onEachNode(Crew::stop);
    }

    private void onEachNode(Consumer<Crew> task) {
        crews.forEach((node, crew) -> {
            if (crew.member().start().isAlive()) {
                node.execute(() -> task.accept(crew));
            }
        });
    }

    private FaultPlan drawPlan(int replicas) {
        SimRandom random = simulation.random("plan");
        simulation.network().signalsConnections(random.chance(0.5));
        simulation.network().faults(NetworkFaults.none().withDelay(MIN_DELAY, random.between(MIN_DELAY, MAX_DELAY)));
        FaultPlan drawn = FaultPlan.draw(random, Quorums.tolerated(replicas));
        return new FaultPlan(
                clocks.areWithinTheMargin() ? drawn.faults() : withPauses(drawn.faults()),
                drawn.maxDown(),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(1)),
                random.between(Duration.ofMillis(50), Duration.ofSeconds(4)),
                drawn.strength());
    }

    /**
     * A holder that does nothing for a while has no clock that goes wrong, but does not look at it.
     */
    private static Set<Fault> withPauses(Set<Fault> faults) {
        return Stream.concat(faults.stream(), Stream.of(Fault.PAUSE)).collect(Collectors.toSet());
    }
}
