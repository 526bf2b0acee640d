package io.coterie.simulation;

import io.coterie.rpc.RpcMetrics;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import io.coterie.simulation.faults.Nemesis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Clients that call servers under faults. One seed decides all of it. */
final class OnceRun {
    private static final Duration FAULTY = Duration.ofSeconds(4);

    /**
     * The time after the last call: its timeout, and the time for messages that are still in
     * flight.
     */
    private static final Duration DRAIN = OnceClient.MAX_TIMEOUT.plusSeconds(2);

    private static final Duration PROBING = Duration.ofSeconds(5);

    private final Simulation simulation;
    private final OncePlan plan;
    private final BrokenCalls variant;
    private final CallLedger ledger;
    private final List<NodeId> servers = new ArrayList<>();
    private final Map<SimNode, OnceClient> clients = new LinkedHashMap<>();
    private final List<RpcNode> starts = new ArrayList<>();
    private boolean calling = true;

    private OnceRun(Simulation simulation, OncePlan plan, BrokenCalls variant) {
        this.simulation = simulation;
        this.plan = plan;
        this.variant = variant;
        this.ledger = new CallLedger(simulation);
    }

    static OnceRun of(long seed, BrokenCalls variant) {
        Simulation simulation = Simulation.create(seed);
        return new OnceRun(simulation, OncePlan.draw(simulation.random("plan")), variant).run();
    }

    /**
     * A run of the correct code with bounds on what servers remember. The sink may get each event.
     */
    static OnceRun keeping(long seed, long keptBytes, Duration keptAge, @Nullable Consumer<String> sink) {
        Simulation simulation = Simulation.create(seed);
        if (sink != null) {
            simulation.traceTo(sink);
        }
        OncePlan plan = OncePlan.draw(simulation.random("plan")).keeping(keptBytes, keptAge);
        return new OnceRun(simulation, plan, BrokenCalls.NONE).run();
    }

    private OnceRun run() {
        for (int i = 0; i < plan.servers(); i++) {
            servers.add(simulation.node("s" + i, this::bootServer).id());
        }
        for (int i = 0; i < plan.clients(); i++) {
            simulation.node("c" + i, this::bootClient);
        }
        simulation.network().signalsConnections(plan.signalsConnections());
        simulation.network().faults(plan.weather());
        simulation.nodes().forEach(SimNode::start);
        Nemesis.unleash(simulation, List.copyOf(simulation.nodes()), plan.faults(), FAULTY);
        simulation.runFor(FAULTY);
        simulation.network().faults(NetworkFaults.none());
        calling = false;
        simulation.runFor(DRAIN);
        probe();
        return this;
    }

    /** All faults have ended: each server must answer each client, whatever it answered before. */
    private void probe() {
        clients.forEach((node, client) -> node.execute(() -> {
            for (NodeId server : servers) {
                OnceMethods.ALL.forEach(method -> client.probe(server, method));
            }
        }));
        simulation.runFor(PROBING);
    }

    Simulation simulation() {
        return simulation;
    }

    CallLedger ledger() {
        return ledger;
    }

    List<String> violations() {
        return ledger.violations(plan.slack());
    }

    /** Whether each server answered each client with each method after all faults had ended. */
    boolean answersEverywhere() {
        int expected = plan.clients() * plan.servers() * OnceMethods.ALL.size();
        return ledger.count(call -> call.probe && call.isAnswered()) == expected;
    }

    /** A count over all starts of all nodes. */
    long sum(ToLongFunction<RpcMetrics> count) {
        return starts.stream()
                .mapToLong(node -> count.applyAsLong(node.metrics()))
                .sum();
    }

    @Override
    public String toString() {
        return simulation + ", " + plan;
    }

    private void bootServer(SimStart start) {
        Transport transport = variant.atServer(start.transport(), start.world().clock());
        OnceMethods.serve(boot(start, transport), start, ledger, simulation.random("handlers " + start));
    }

    private void bootClient(SimStart start) {
        RpcNode node = boot(start, variant.atClient(start.transport()));
        OnceClient client =
                new OnceClient(start, node, servers, ledger, () -> calling, simulation.random("client " + start));
        clients.put(start.node(), client);
        client.think();
    }

    private RpcNode boot(SimStart start, Transport transport) {
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(start.node().id())
                .transport(transport)
                .world(start.world())
                .executor(OnceMethods.slowExecutor(start, simulation.random("pool " + start)))
                .maxRunningHandlers(plan.maxRunning())
                .maxWaitingRequests(plan.maxWaiting())
                .replyCacheBytes(plan.replyCacheBytes())
                .replyCacheTtl(plan.replyCacheTtl())
                .retryBudget(plan.budget())
                .start();
        starts.add(node);
        start.onStop(node::close);
        return node;
    }
}
