package io.coterie.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes a, b and c, each with an {@link Echo}. */
public final class EchoCluster {
    public final Simulation simulation;
    public final SimNode a;
    public final SimNode b;
    public final SimNode c;
    private final Map<SimNode, Echo> echoes = new HashMap<>();

    public EchoCluster(long seed) {
        simulation = Simulation.create(seed);
        a = node("a");
        b = node("b");
        c = node("c");
    }

    /** The echo of the node's latest start. */
    Echo echo(SimNode node) {
        Echo echo = echoes.get(node);
        if (echo == null) {
            throw new AssertionError(node + " was never started");
        }
        return echo;
    }

    public List<String> heardBy(SimNode node) {
        return echo(node).heard;
    }

    /** Makes a node send that many messages, one each millisecond, from now on. */
    public void send(SimNode from, SimNode to, int count) {
        from.execute(() -> echo(from).sendTo(to.id().name(), count));
    }

    public void runMillis(long millis) {
        simulation.runFor(Duration.ofMillis(millis));
    }

    private SimNode node(String name) {
        SimNode node = simulation.node(name, start -> echoes.put(start.node(), new Echo(start)));
        node.start();
        return node;
    }
}
