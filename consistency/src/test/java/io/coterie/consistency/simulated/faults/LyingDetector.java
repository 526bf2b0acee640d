package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.List;

/**
 * A failure detector that answers at random: again and again, a node takes a replica for down, be it
 * dead or alive. As with any detector, heartbeats correct it where they arrive; they go on when the
 * lies are over.
 */
public final class LyingDetector {
    private static final Duration MAX_PAUSE = Duration.ofMillis(30);
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final RpcMethod<byte[], byte[]> HEARTBEAT =
            new RpcMethod<>("heartbeat", Codec.bytes(), Codec.bytes(), true);

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final SimRandom random;
    private int lies;
    private boolean stopped;

    public LyingDetector(Simulation simulation, SimulatedCluster cluster, SimRandom random) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.random = random;
    }

    public void start() {
        beat();
        lieAgain();
    }

    private void beat() {
        for (SimNode from : simulation.nodes()) {
            if (from.isUp()) {
                from.execute(() -> simulation
                        .nodes()
                        .forEach(to -> cluster.loop(from).node().loop().tell(to.id(), HEARTBEAT, new byte[0])));
            }
        }
        simulation.after(INTERVAL, this::beat);
    }

    private void lieAgain() {
        simulation.after(random.between(Duration.ZERO, MAX_PAUSE), () -> {
            if (!stopped) {
                lie();
                lieAgain();
            }
        });
    }

    public void stop() {
        stopped = true;
    }

    /** How many opinions it has made up. */
    public int lies() {
        return lies;
    }

    private void lie() {
        SimNode node = random.pick(List.copyOf(simulation.nodes()));
        if (!node.isUp()) {
            return;
        }
        lies++;
        node.execute(() -> {
            List<NodeId> replicas = cluster.loop(node).replicas();
            cluster.loop(node).onSilence(random.pick(replicas));
        });
    }
}
